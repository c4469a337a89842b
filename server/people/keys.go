package people

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Where town keys come from besides the derived one.
const (
	KeyVariable     = "AUFRUF_PEOPLE_KEY"
	KeyFileVariable = "AUFRUF_PEOPLE_KEY_FILE"
)

// TownKeys are the town's keys, the newest first: those of the file or of the
// environment, 64 hexadecimal digits each, one a line or with commas between;
// and last the derived one, so that rows from before a key was given still
// open. env looks a variable up; its errors never hold a key.
func TownKeys(env func(string) string, derived []byte) ([][]byte, error) {
	text, path := env(KeyVariable), env(KeyFileVariable)
	switch {
	case text != "" && path != "":
		return nil, fmt.Errorf("%s and %s are both set: which of them counts?", KeyVariable, KeyFileVariable)
	case path != "":
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("key file of %s: %w", KeyFileVariable, err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			return nil, fmt.Errorf("others may read %s (mode %04o): run chmod 600 and consider its keys known", path, mode)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("key file of %s: %w", KeyFileVariable, err)
		}
		if text = strings.TrimSpace(string(raw)); text == "" {
			return nil, fmt.Errorf("%s is empty", path)
		}
	case text == "":
		return [][]byte{derived}, nil
	}
	var keys [][]byte
	for i, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ' ' || r == '\t' }) {
		key, err := hex.DecodeString(word)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("people's key number %d is not 64 hexadecimal digits (32 bytes)", i+1)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("people's key is empty")
	}
	return append(keys, derived), nil
}
