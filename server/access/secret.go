package access

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// KeyFile is the name of the secret key's file in the data directory. It lies
// beside the database and never in it, so that a copied database betrays no
// link, no code and no note.
const KeyFile = "secret.key"

// Secrets derives what people hold in their hands from ids: the same id always
// gives the same link, and nobody without the key can make one.
type Secrets struct{ ticket, appointment, code, people, find, hook []byte }

// LoadSecrets reads the key file in dir, or makes it at the first start. It is
// refused if the file is not 32 bytes or others than its owner may read it.
func LoadSecrets(dir string) (*Secrets, error) {
	path := filepath.Join(dir, KeyFile)
	key, err := readKey(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("make secret key %s: %w", path, err)
		}
		key, err = readKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read secret key %s: %w", path, err)
	}
	return NewSecrets(key)
}

// NewSecrets derives from a key of 32 bytes.
func NewSecrets(key []byte) (*Secrets, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("a key has 32 bytes, not %d", len(key))
	}
	s := &Secrets{}
	for purpose, sub := range map[string]*[]byte{
		"ticket link": &s.ticket, "appointment link": &s.appointment, "appointment code": &s.code, "people": &s.people, "people find": &s.find, "gateway hook": &s.hook,
	} {
		var err error
		if *sub, err = hkdf.Key(sha256.New, key, nil, "aufruf "+purpose, 32); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("others may read it (mode %04o): run chmod 600 and consider the key known", mode)
	}
	key, err := io.ReadAll(io.LimitReader(f, 33))
	if err != nil {
		return nil, err
	}
	if len(key) != 32 {
		return nil, errors.New("it must have exactly 32 bytes: restore it from your backup; without it all links, codes and notes made so far are lost")
	}
	return key, nil
}

// makeKey writes a new key that lasts: under another name first, so that a
// start cut short leaves no half key, and linked, so that of two starts at
// once one wins.
func makeKey(path string) error {
	key := make([]byte, 32)
	rand.Read(key)
	part := path + "." + rand.Text()[:8]
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(part, path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// crockford is base 32 without i, l, o and u.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// TicketSecret is the last part of a ticket's link: 128 bits in 26 characters.
func (s *Secrets) TicketSecret(ticket string) string {
	return crockford.EncodeToString(mac(s.ticket, ticket)[:16])
}

// AppointmentSecret is the last part of an appointment's link.
func (s *Secrets) AppointmentSecret(appointment string) string {
	return crockford.EncodeToString(mac(s.appointment, appointment)[:16])
}

// AppointmentCode is what a person types at the kiosk: 8 characters that
// cannot be taken for one another, about 39 bits.
func (s *Secrets) AppointmentCode(appointment string) string {
	// 31 letters, 32 bytes: a byte too big to be drawn evenly is passed over, and
	// should all run out, the next hash goes on.
	code := make([]byte, 0, 8)
	for sum := mac(s.code, "code", appointment); ; sum = mac(s.code, "more", string(sum)) {
		for _, b := range sum {
			if int(b) < 256/len(codeAlphabet)*len(codeAlphabet) {
				code = append(code, codeAlphabet[int(b)%len(codeAlphabet)])
			}
			if len(code) == 8 {
				return string(code)
			}
		}
	}
}

// CodeMAC stands in the journal for a code that came from outside, which may
// be somebody's own invention and must not stand there itself. The code is
// given as it is compared.
func (s *Secrets) CodeMAC(office, day, code string) string {
	return hex.EncodeToString(mac(s.code, "from outside", office, day, code)[:16])
}

// PeopleKey wraps the keys of people's rows; for package people.
func (s *Secrets) PeopleKey() []byte { return s.people }

// FindKey is the key of the hashes that people are found by; for package people.
func (s *Secrets) FindKey() []byte { return s.find }

// HookSecret is the last part of the address to which a gateway reports.
func (s *Secrets) HookSecret(gateway string) string {
	return crockford.EncodeToString(mac(s.hook, gateway)[:16])
}

// mac is HMAC-SHA-256 over parts; a single part goes in as it is, several with
// their lengths.
func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		if len(parts) > 1 {
			fmt.Fprintf(h, "%d:", len(p))
		}
		io.WriteString(h, p)
	}
	return h.Sum(nil)
}
