package people

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newSeal(t interface{ Fatal(...any) }, keys ...[]byte) *Seal {
	s, err := NewSeal(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSealedOpensInItsPlaceAlone(t *testing.T) {
	s := newSeal(t, key(1))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		row, err := s.Close(text, "here")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Open(row, "here"); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := s.Open(row, "there"); !errors.Is(err, ErrSealed) {
			t.Fatal(err)
		}
		for _, part := range [][]byte{row.Wrapped, row.Text} {
			i := rapid.IntRange(0, len(part)-1).Draw(t, "byte")
			part[i] ^= 1
			if _, err := s.Open(row, "here"); !errors.Is(err, ErrSealed) {
				t.Fatal("a changed row opens")
			}
			part[i] ^= 1
		}
		again, _ := s.Close(text, "here")
		if bytes.Equal(again.Text, row.Text) || bytes.Equal(again.Wrapped, row.Wrapped) {
			t.Fatal("two rows share a key")
		}
	})
}

func TestTheTownKeyRotates(t *testing.T) {
	old := newSeal(t, key(1))
	row, err := old.Close([]byte("note"), "here")
	if err != nil {
		t.Fatal(err)
	}
	both, fresh := newSeal(t, key(2), key(1)), newSeal(t, key(2))
	if got, err := both.Open(row, "here"); err != nil || string(got) != "note" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := fresh.Open(row, "here"); !errors.Is(err, ErrSealed) {
		t.Fatal("opened without its key")
	}
	moved, err := both.Rewrap(row, "here")
	if err != nil || moved.KeyID == row.KeyID || !bytes.Equal(moved.Text, row.Text) {
		t.Fatalf("%+v, %v", moved, err)
	}
	if got, err := fresh.Open(moved, "here"); err != nil || string(got) != "note" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := both.Rewrap(row, "there"); !errors.Is(err, ErrSealed) {
		t.Fatal(err)
	}
}

func TestKeysOfAnotherSizeAreRefused(t *testing.T) {
	if _, err := NewSeal(); err == nil {
		t.Error("no key")
	}
	if _, err := NewSeal(make([]byte, 16)); err == nil {
		t.Error("16 bytes")
	}
}
