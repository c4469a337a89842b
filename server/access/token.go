package access

import (
	"context"
	"errors"
	"time"
)

// AddToken makes a bearer token. The secret is returned once and never again.
// Another process may make it while the server runs; it is good at once.
func (s *Service) AddToken(ctx context.Context, by, label string, g Grant, now time.Time) (secret, id string, err error) {
	if err := checkGrants([]Grant{g}); err != nil {
		return "", "", err
	}
	id = newID("tok_")
	secret, err = s.addToken(ctx, by, id, label, g, now)
	return secret, id, err
}

// RenewToken makes a bearer token under an id of the caller's choice, "tok_" and
// a word, and ends the one that had it. Whoever comes with it is the same caller
// every time, so that the keys of commands given earlier still count.
func (s *Service) RenewToken(ctx context.Context, by, id, label string, g Grant, now time.Time) (secret string, err error) {
	if err := checkGrants([]Grant{g}); err != nil {
		return "", err
	}
	if err := s.store.EndCredential(ctx, id); err != nil && !errors.Is(err, ErrUnknown) {
		return "", err
	}
	s.ended(id)
	return s.addToken(ctx, by, id, label, g, now)
}

func (s *Service) addToken(ctx context.Context, by, id, label string, g Grant, now time.Time) (secret string, err error) {
	secret = newSecret(secretPrefix[Token])
	c := Credential{ID: id, Kind: Token, Hash: hash(secret), Label: label, Grants: []Grant{g}, Created: now, Used: now}
	if err := s.Audit(ctx, by, "token_add", c.ID, now); err != nil {
		return "", err
	}
	return secret, s.store.AddCredential(ctx, c)
}

// Tokens lists all tokens, with when each was last used, without their hashes.
func (s *Service) Tokens(ctx context.Context) ([]Credential, error) { return s.list(ctx, Token) }

// Devices lists all paired devices, with when each was last seen, without their
// hashes.
func (s *Service) Devices(ctx context.Context) ([]Credential, error) { return s.list(ctx, Device) }

func (s *Service) list(ctx context.Context, kind Kind) ([]Credential, error) {
	cs, err := s.store.Credentials(ctx, kind)
	for i := range cs {
		cs[i].Hash = [32]byte{}
	}
	return cs, err
}

// Revoke ends a token, a device or a session by its id, or says ErrUnknown.
func (s *Service) Revoke(ctx context.Context, by, id string, now time.Time) error {
	if err := s.Audit(ctx, by, "revoke", id, now); err != nil {
		return err
	}
	if err := s.store.EndCredential(ctx, id); err != nil {
		return err
	}
	s.ended(id)
	return nil
}
