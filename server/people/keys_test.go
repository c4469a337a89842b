package people

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTownKeysComeFromAFileOrTheEnvironmentNewestFirst(t *testing.T) {
	derived, one, two := key(9), hex.EncodeToString(key(1)), strings.ToUpper(hex.EncodeToString(key(2)))
	path := filepath.Join(t.TempDir(), "people.key")
	put := func(text string, mode os.FileMode) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	get := func(text, file string) ([][]byte, error) {
		return TownKeys(func(name string) string {
			return map[string]string{KeyVariable: text, KeyFileVariable: file}[name]
		}, derived)
	}
	is := func(what string, keys [][]byte, err error, want ...[]byte) {
		t.Helper()
		if err != nil || !bytes.Equal(bytes.Join(keys, nil), bytes.Join(want, nil)) {
			t.Errorf("%s: %d keys, %v", what, len(keys), err)
		}
	}
	keys, err := get("", "")
	is("none", keys, err, derived)
	keys, err = get(two+","+one, "")
	is("environment", keys, err, key(2), key(1), derived)
	put(two+"\n"+one+"\n", 0o600)
	keys, err = get("", path)
	is("file", keys, err, key(2), key(1), derived)
	for what, bad := range map[string]func() ([][]byte, error){
		"both":         func() ([][]byte, error) { return get(one, path) },
		"short":        func() ([][]byte, error) { return get(one[:62], "") },
		"no hex":       func() ([][]byte, error) { return get(strings.Repeat("x", 64), "") },
		"only a comma": func() ([][]byte, error) { return get(",", "") },
		"no file":      func() ([][]byte, error) { return get("", path+".none") },
		"empty file":   func() ([][]byte, error) { put(" \n", 0o600); return get("", path) },
		"others read":  func() ([][]byte, error) { put(one, 0o640); return get("", path) },
	} {
		keys, err := bad()
		if err == nil || len(keys) > 0 || strings.Contains(err.Error(), one[:16]) {
			t.Errorf("%s: %d keys, %v", what, len(keys), err)
		}
	}
}
