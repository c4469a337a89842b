package people

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// ErrSealed: the row was sealed with a key that is not here, or was changed.
var ErrSealed = errors.New("sealed row cannot be opened")

// Sealed is a text sealed with a data key of its own.
type Sealed struct {
	KeyID   string // of the town key that wraps the data key
	Wrapped []byte // data key, sealed with the town key
	Text    []byte // sealed with the data key
}

// Seal seals with the newest town key and opens with any that it knows.
type Seal struct {
	newest string
	keys   map[string]cipher.AEAD
}

// NewSeal takes the town's keys of 32 bytes, the newest first. To rotate, put a
// new one before the old; when no row names the old one, it may go.
func NewSeal(keys ...[]byte) (*Seal, error) {
	if len(keys) == 0 {
		return nil, errors.New("no key to seal with")
	}
	s := &Seal{keys: map[string]cipher.AEAD{}}
	for _, k := range keys {
		box, err := newBox(k)
		if err != nil {
			return nil, err
		}
		h := sha256.Sum256(append([]byte("aufruf key id "), k...))
		id := hex.EncodeToString(h[:4])
		if s.newest == "" {
			s.newest = id
		}
		s.keys[id] = box
	}
	return s, nil
}

// Close seals a text; context is what it belongs to, and must be the same at
// opening, so that rows cannot be exchanged for one another.
func (s *Seal) Close(text []byte, context string) (Sealed, error) {
	key := make([]byte, 32)
	rand.Read(key)
	box, err := newBox(key)
	if err != nil {
		return Sealed{}, err
	}
	return Sealed{KeyID: s.newest, Wrapped: s.keys[s.newest].Seal(nil, nil, key, []byte(context)),
		Text: box.Seal(nil, nil, text, []byte(context))}, nil
}

// Open gives the text back, or ErrSealed.
func (s *Seal) Open(row Sealed, context string) ([]byte, error) {
	town, ok := s.keys[row.KeyID]
	if !ok {
		return nil, ErrSealed
	}
	key, err := town.Open(nil, nil, row.Wrapped, []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	box, err := newBox(key)
	if err != nil {
		return nil, ErrSealed
	}
	text, err := box.Open(nil, nil, row.Text, []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return text, nil
}

// Rewrap seals a row's data key with the newest town key; the text stays as
// it is.
func (s *Seal) Rewrap(row Sealed, context string) (Sealed, error) {
	town, ok := s.keys[row.KeyID]
	if !ok {
		return row, ErrSealed
	}
	key, err := town.Open(nil, nil, row.Wrapped, []byte(context))
	if err != nil {
		return row, ErrSealed
	}
	row.KeyID, row.Wrapped = s.newest, s.keys[s.newest].Seal(nil, nil, key, []byte(context))
	return row, nil
}

// newBox is AES-256-GCM with a random nonce before each text.
func newBox(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, errors.New("a key has 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
