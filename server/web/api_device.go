package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"aufruf/server/access"
)

// deviceStays is how long a paired screen keeps its cookie; it is set anew
// whenever a supervisor revokes the device and pairs it again.
const deviceStays = 5 * 365 * 24 * time.Hour

type pairIn struct {
	Keyed
	Body *nothing `required:"false"`
}

type pairOut struct {
	Body struct {
		Code      string    `json:"code" doc:"shown on the device"`
		Poll      string    `json:"poll" doc:"kept in the device; asked about until somebody approved"`
		ExpiresAt time.Time `json:"expires_at"`
	}
}

type pollIn struct {
	Poll string `path:"poll" maxLength:"100"`
}

type pollOut struct {
	Body struct {
		State string `json:"state" enum:"waiting,approved,expired"`
		Path  string `json:"path,omitempty" doc:"the device's page, once approved"`
	}
}

type approveIn struct {
	Keyed
	Body struct {
		Code   string `json:"code" minLength:"1" maxLength:"20"`
		Kind   string `json:"kind" enum:"board,kiosk"`
		Screen string `json:"screen,omitempty" maxLength:"64" doc:"of a board"`
		Office string `json:"office,omitempty" maxLength:"64" doc:"of a kiosk"`
		Label  string `json:"label,omitempty" maxLength:"60" doc:"where it hangs"`
	}
}

type approveOut struct {
	Body struct {
		ID string `json:"id"`
	}
}

type devicesOut struct {
	Body struct {
		Devices []PairedDevice `json:"devices"`
	}
}

// PairedDevice is a screen or kiosk that was let in.
type PairedDevice struct {
	ID        string      `json:"id"`
	Kind      access.Role `json:"kind" enum:"board,kiosk"`
	Office    string      `json:"office"`
	Screen    string      `json:"screen"`
	Label     string      `json:"label"`
	CreatedAt time.Time   `json:"created_at"`
	LastSeen  *time.Time  `json:"last_seen" doc:"to the minute"`
}

type revokeIn struct {
	Keyed
	ID   string   `path:"id" maxLength:"64"`
	Body *nothing `required:"false"`
}

type revokeOut struct {
	Body struct {
		ID string `json:"id"`
	}
}

func (s *Server) deviceRoutes() {
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/pairings", id: "ask-pairing", summary: "A screen or kiosk asks to be let in", tag: "Devices", status: http.StatusCreated}, s.askPairing)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/pairings/{poll}", id: "poll-pairing", summary: "Whether somebody approved; sets the device's cookie", tag: "Devices"}, s.pollPairing)
	endpoint(s, operation{method: http.MethodGet, path: "/api/v1/devices", id: "list-devices", summary: "Paired screens and kiosks", tag: "Devices"}, s.listDevices)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/devices/approve", id: "approve-device", summary: "Let in the device that shows a code", tag: "Devices", errors: []int{422}}, s.approveDevice)
	endpoint(s, operation{method: http.MethodPost, path: "/api/v1/devices/{id}/revoke", id: "revoke-device", summary: "Shut a device out", tag: "Devices"}, s.revokeDevice)
}

func (s *Server) askPairing(_ context.Context, a *ask, _ *pairIn) (*pairOut, error) {
	p, err := s.deps.Access.Pair(s.client(a.c), s.deps.Now())
	if errors.Is(err, access.ErrTooMany) {
		return nil, tooMany(codePairings, 60)
	}
	if err != nil {
		return nil, err
	}
	out := &pairOut{}
	out.Body.Code, out.Body.Poll, out.Body.ExpiresAt = p.Code, p.Secret, p.Until.UTC()
	return out, nil
}

func (s *Server) pollPairing(ctx context.Context, a *ask, in *pollIn) (*pollOut, error) {
	out := &pollOut{}
	secret, err := s.deps.Access.Claim(ctx, in.Poll, s.deps.Now())
	switch {
	case errors.Is(err, access.ErrPending):
		out.Body.State = "waiting"
		return out, nil
	case errors.Is(err, access.ErrUnknown):
		out.Body.State = "expired"
		return out, nil
	case err != nil:
		return nil, err
	}
	p, err := s.deps.Access.Validate(ctx, access.Device, secret, s.deps.Now())
	if err != nil {
		return nil, err
	}
	s.setCookie(a.c, deviceCookie, secret, deviceStays)
	out.Body.State, out.Body.Path = "approved", devicePath(p.Grants)
	return out, nil
}

func devicePath(grants []access.Grant) string {
	for _, g := range grants {
		switch g.Role {
		case access.Board:
			return "/board/" + g.Screen
		case access.Kiosk:
			return "/kiosk/" + g.Office
		}
	}
	return "/"
}

// leads says whether the caller leads an office, or all if it is "".
func (a *ask) leads(office string) bool { return a.can(office, access.Supervisor, access.Admin) }

func (s *Server) listDevices(ctx context.Context, a *ask, _ *struct{}) (*devicesOut, error) {
	all, err := s.deps.Access.Devices(ctx)
	if err != nil {
		return nil, err
	}
	out := &devicesOut{}
	out.Body.Devices = []PairedDevice{}
	for _, d := range all {
		if len(d.Grants) == 0 || !a.leads(d.Grants[0].Office) {
			continue
		}
		g := d.Grants[0]
		out.Body.Devices = append(out.Body.Devices, PairedDevice{ID: d.ID, Kind: g.Role, Office: g.Office, Screen: g.Screen,
			Label: d.Label, CreatedAt: d.Created.UTC(), LastSeen: instant(d.Used)})
	}
	return out, nil
}

func (s *Server) approveDevice(ctx context.Context, a *ask, in *approveIn) (*approveOut, error) {
	g := access.Grant{Role: access.Kiosk, Office: in.Body.Office}
	if in.Body.Kind == string(access.Board) {
		g = access.Grant{Role: access.Board, Office: s.officeOfScreen(in.Body.Screen), Screen: in.Body.Screen}
		if g.Office == "" {
			return nil, invalid(&fault{Code: codeInvalid, Location: "body.screen"})
		}
	} else if _, ok := s.deps.Town.Office(in.Body.Office); !ok {
		return nil, invalid(&fault{Code: codeInvalid, Location: "body.office"})
	}
	if !a.leads(g.Office) {
		return nil, notFound()
	}
	now := s.deps.Clock()
	if wait := s.limits.codes.Wait(a.who.ID, now); wait > 0 {
		return nil, tooMany(codeCodeTries, int(wait/time.Second)+1)
	}
	id, err := s.deps.Access.Approve(ctx, a.who, in.Body.Code, strings.TrimSpace(in.Body.Label), g, s.deps.Now())
	if errors.Is(err, access.ErrUnknown) {
		s.limits.codes.Fail(a.who.ID, now)
		return nil, &problem{Status: http.StatusNotFound, Code: codeUnknownCode}
	}
	if err != nil {
		return nil, err
	}
	s.limits.codes.Forgive(a.who.ID)
	out := &approveOut{}
	out.Body.ID = id
	return out, nil
}

func (s *Server) revokeDevice(ctx context.Context, a *ask, in *revokeIn) (*revokeOut, error) {
	all, err := s.deps.Access.Devices(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.ID != in.ID || len(d.Grants) == 0 || !a.leads(d.Grants[0].Office) {
			continue
		}
		if err := s.deps.Access.Revoke(ctx, a.who.ID, d.ID, s.deps.Now()); err != nil {
			return nil, err
		}
		out := &revokeOut{}
		out.Body.ID = d.ID
		return out, nil
	}
	return nil, notFound()
}
