package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SetupSecret makes the secret of the one-time link for the first account, and
// ends the one before. It is "" when there are accounts. Only its hash is
// kept, until this process ends.
func (s *Service) SetupSecret(ctx context.Context) (string, error) {
	as, err := s.store.Accounts(ctx)
	if err != nil || len(as) > 0 {
		return "", err
	}
	secret := strings.ToLower(rand.Text())
	s.mu.Lock()
	s.setup = hash(secret)
	s.mu.Unlock()
	return secret, nil
}

// SetupOpen says whether a setup secret is the newest and unused.
func (s *Service) SetupOpen(secret string) bool {
	h := hash(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setup != [32]byte{} && subtle.ConstantTimeCompare(h[:], s.setup[:]) == 1
}

// SetUp makes the first account, with every role everywhere. It is refused
// with ErrSetupUsed, ErrBadName, ErrWeakPassword or ErrLongPassword.
func (s *Service) SetUp(ctx context.Context, secret, name, password string, now time.Time) (Account, error) {
	if !s.SetupOpen(secret) {
		return Account{}, ErrSetupUsed
	}
	a, err := s.addAccount(ctx, name, password, Everywhere(), true, now)
	if err == nil || errors.Is(err, ErrSetupUsed) {
		s.mu.Lock()
		s.setup = [32]byte{}
		s.mu.Unlock()
	}
	return a, err
}

// AddAccount makes an account. by is the actor's id for the audit.
func (s *Service) AddAccount(ctx context.Context, by, name, password string, grants []Grant, now time.Time) (Account, error) {
	a, err := s.addAccount(ctx, name, password, grants, false, now)
	if err != nil {
		return Account{}, err
	}
	return a, s.Audit(ctx, by, "account_add", a.ID, now)
}

func (s *Service) addAccount(ctx context.Context, name, password string, grants []Grant, first bool, now time.Time) (Account, error) {
	name, err := checkName(name)
	if err != nil {
		return Account{}, err
	}
	if err := checkGrants(grants); err != nil {
		return Account{}, err
	}
	a := Account{ID: newID("acc_"), Name: name, Created: now, Grants: grants}
	if a.Password, err = s.hashes.make(ctx, password); err != nil {
		return Account{}, err
	}
	if err := s.store.AddAccount(ctx, a, first); err != nil {
		return Account{}, err
	}
	a.Password = ""
	return a, nil
}

// Accounts lists all accounts without their passwords.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) {
	as, err := s.store.Accounts(ctx)
	for i := range as {
		as[i].Password = ""
	}
	return as, err
}

// DisableAccount turns an account off and ends all its sessions.
func (s *Service) DisableAccount(ctx context.Context, by, id string, now time.Time) error {
	return s.change(ctx, by, "account_disable", id, now, func(a *Account) { a.Disabled = true })
}

// EnableAccount turns an account on again.
func (s *Service) EnableAccount(ctx context.Context, by, id string, now time.Time) error {
	return s.change(ctx, by, "account_enable", id, now, func(a *Account) { a.Disabled = false })
}

// SetGrants replaces what an account may do, and ends its sessions.
func (s *Service) SetGrants(ctx context.Context, by, id string, grants []Grant, now time.Time) error {
	if err := checkGrants(grants); err != nil {
		return err
	}
	return s.change(ctx, by, "account_grant", id, now, func(a *Account) { a.Grants = grants })
}

// SetPassword replaces an account's password, and ends its sessions.
func (s *Service) SetPassword(ctx context.Context, by, id, password string, now time.Time) error {
	hashed, err := s.hashes.make(ctx, password)
	if err != nil {
		return err
	}
	return s.change(ctx, by, "account_password", id, now, func(a *Account) { a.Password = hashed })
}

func (s *Service) change(ctx context.Context, by, act, id string, now time.Time, f func(*Account)) error {
	as, err := s.store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range as {
		if a.ID != id {
			continue
		}
		if err := s.Audit(ctx, by, act, id, now); err != nil {
			return err
		}
		f(&a)
		ended, err := s.store.SetAccount(ctx, a)
		s.ended(ended...)
		return err
	}
	return ErrUnknown
}

// SignIn checks a name and a password that came from client and begins a
// session; the secret is for its cookie. It is refused with ErrWrong, the same
// and after the same time whether the name is unknown, the password wrong or
// the account disabled; with *WaitError after too many failures for the name
// or from the client; with ErrBusy.
func (s *Service) SignIn(ctx context.Context, name, password string, client netip.Addr, now time.Time) (string, Principal, error) {
	name, err := checkName(name)
	if err != nil || len(password) > longestPassword {
		return "", Principal{}, ErrWrong
	}
	nameKey, addrKey := NameKey(name), ClientKey(client)
	var a Account
	err = s.hashes.alone(ctx, func() error {
		// Asked here, when it is this try's turn, so that many at once do not all
		// pass before the first has failed.
		if wait := max(s.names.Wait(nameKey, now), s.addrs.Wait(addrKey, now)); wait > 0 {
			return &WaitError{wait}
		}
		a, err = s.store.AccountNamed(ctx, name)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return err
		}
		if !check(a.Password, password) || a.Disabled {
			s.names.Fail(nameKey, now)
			s.addrs.Fail(addrKey, now)
			return ErrWrong
		}
		return nil
	})
	if err != nil {
		return "", Principal{}, err
	}
	s.names.Forgive(nameKey)
	s.addrs.Forgive(addrKey)
	secret := newSecret(secretPrefix[Session])
	c := Credential{ID: newID("ses_"), Kind: Session, Hash: hash(secret), Account: a.ID, Created: now, Used: now,
		Ends: now.Add(s.opt.Absolute)}
	if err := s.store.AddCredential(ctx, c); err != nil {
		return "", Principal{}, err
	}
	return secret, Principal{ID: a.ID, Credential: c.ID, Kind: Session, Name: a.Name, Grants: a.Grants}, nil
}

// SignOut ends the session behind a secret. One that is not there has ended.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	c, _, err := s.store.Credential(ctx, Session, hash(secret))
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err == nil {
		err = s.store.EndCredential(ctx, c.ID)
		s.ended(c.ID)
	}
	return err
}

// checkName normalises a name: the same letters are the same name however
// they were typed.
func checkName(name string) (string, error) {
	name = strings.TrimSpace(norm.NFC.String(name))
	n := utf8.RuneCountInString(name)
	if n < 1 || n > 64 || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", ErrBadName
	}
	return name, nil
}

// foldName is a name as compared.
func foldName(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// FoldName is for stores: the form in which names are unique.
func (a Account) FoldName() string { return foldName(a.Name) }

// ChangePassword replaces the password of somebody who knows the old one, and
// ends all sessions of the account. It is refused like SignIn.
func (s *Service) ChangePassword(ctx context.Context, p Principal, old, password string, now time.Time) error {
	if len(old) > longestPassword {
		return ErrWrong
	}
	key := NameKey(p.Name)
	err := s.hashes.alone(ctx, func() error {
		if wait := s.names.Wait(key, now); wait > 0 {
			return &WaitError{wait}
		}
		a, err := s.store.AccountNamed(ctx, p.Name)
		if err != nil {
			return err
		}
		if a.ID != p.ID || !check(a.Password, old) {
			s.names.Fail(key, now)
			return ErrWrong
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.SetPassword(ctx, p.ID, p.ID, password, now)
}
