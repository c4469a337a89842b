package access

import (
	"context"
	"crypto/rand"
	"maps"
	"net/netip"
	"strings"
	"time"
)

const (
	pairingFor   = 10 * time.Minute
	pairingsOpen = 50 // that wait, in all; a town has fewer screens to pair at once
	pairingsOf   = 12 // of one client: a house with all its screens, some loaded anew
)

// codeAlphabet has no two characters that look or sound alike on a screen
// across a room: no 0/O, 1/I/L.
const codeAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// Pairing is what a device gets that asks to be paired: the code is shown on
// its screen, the secret stays in it.
type Pairing struct {
	Code   string
	Secret string
	Until  time.Time
}

// pairings are the open requests, by code. They live in memory: after a
// restart a device simply asks again.
type pairings map[string]*pairing

type pairing struct {
	hash     [32]byte
	client   string
	until    time.Time
	approved *Credential // without its hash
	secret   string      // once claimed; said again if the answer was lost
}

func (p pairings) sweep(now time.Time) {
	maps.DeleteFunc(p, func(_ string, r *pairing) bool { return !now.Before(r.until) })
}

// Pair opens a request for the device at client, or says ErrTooMany.
func (s *Service) Pair(client netip.Addr, now time.Time) (Pairing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pairings.sweep(now)
	key, of, open := ClientKey(client), 0, 0
	for _, r := range s.pairings {
		if r.approved != nil {
			continue // let in already
		}
		open++
		if r.client == key {
			of++
		}
	}
	if open >= pairingsOpen || of >= pairingsOf {
		return Pairing{}, ErrTooMany
	}
	p := Pairing{Code: newCode(), Secret: newSecret("afp_"), Until: now.Add(pairingFor)}
	for s.pairings[p.Code] != nil {
		p.Code = newCode()
	}
	s.pairings[p.Code] = &pairing{hash: hash(p.Secret), client: key, until: p.Until}
	return p, nil
}

// Approve lets the device that shows code in, as what the grant says: a board
// with its screen, or a kiosk of an office. by must be supervisor or admin
// there (ErrDenied). ErrUnknown: no device shows this code now.
func (s *Service) Approve(ctx context.Context, by Principal, code, label string, g Grant, now time.Time) (id string, err error) {
	if g.Office == "" || g.Role != Board && g.Role != Kiosk || (g.Role == Board) != (g.Screen != "") {
		return "", ErrBadGrant
	}
	if !by.Can([]Role{Supervisor, Admin}, g.Office) {
		return "", ErrDenied
	}
	id = newID("dev_")
	if err := s.Audit(ctx, by.ID, "device_approve", id, now); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pairings.sweep(now)
	r := s.pairings[strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), " ", ""))]
	if r == nil || r.approved != nil {
		return "", ErrUnknown
	}
	r.approved = &Credential{ID: id, Kind: Device, Label: label, Grants: []Grant{g}, Created: now, Used: now}
	return id, nil
}

// Claim exchanges a pairing's secret for the device's own, which it keeps. A
// device asks every few seconds: ErrPending until somebody approved it,
// ErrUnknown when the time is over. The same answer can be asked for again
// until then.
func (s *Service) Claim(ctx context.Context, secret string, now time.Time) (string, error) {
	h := hash(secret)
	s.mu.Lock()
	defer s.mu.Unlock() // one claim at a time: the row is made once
	s.pairings.sweep(now)
	for _, r := range s.pairings {
		switch {
		case r.hash != h:
		case r.approved == nil:
			return "", ErrPending
		case r.secret != "":
			return r.secret, nil
		default:
			device := newSecret(secretPrefix[Device])
			c := *r.approved
			c.Hash = hash(device)
			if err := s.store.AddCredential(ctx, c); err != nil {
				return "", err
			}
			r.secret = device
			return device, nil
		}
	}
	return "", ErrUnknown
}

// newCode is six characters of the alphabet, evenly drawn.
func newCode() string {
	var b strings.Builder
	var draw [1]byte
	for b.Len() < 6 {
		rand.Read(draw[:])
		if int(draw[0]) < 256/len(codeAlphabet)*len(codeAlphabet) {
			b.WriteByte(codeAlphabet[int(draw[0])%len(codeAlphabet)])
		}
	}
	return b.String()
}
