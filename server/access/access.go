// Package access knows who may do what: accounts with passwords, sessions,
// bearer tokens, paired devices, limits on guessing, and the audit of
// privileged acts. It promises default deny: what no grant allows is refused.
// Rows are kept by a Store; only hashes of secrets are ever stored.
package access

import (
	"errors"
	"slices"
	"time"
)

// Role is what a grant allows. No role contains another; whoever needs two has
// two grants.
type Role string

const (
	Clerk      Role = "clerk"
	Reception  Role = "reception"
	Supervisor Role = "supervisor"
	Admin      Role = "admin"
	Board      Role = "board"
	Kiosk      Role = "kiosk"
)

// Roles lists all roles.
func Roles() []Role { return []Role{Clerk, Reception, Supervisor, Admin, Board, Kiosk} }

// Known says whether a role exists.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Grant gives a role.
type Grant struct {
	Role   Role   `json:"role"`
	Office string `json:"office,omitempty"` // "" means all offices
	Desk   string `json:"desk,omitempty"`   // "" means all desks of the office
	Screen string `json:"screen,omitempty"` // the board's screen, for role board
}

// Everywhere is every role in all offices, what the first account gets.
func Everywhere() []Grant {
	var gs []Grant
	for _, r := range Roles() {
		gs = append(gs, Grant{Role: r})
	}
	return gs
}

// Kind tells how somebody proves who they are. A secret of one kind is worth
// nothing as another: a bearer token is no cookie.
type Kind string

const (
	Session Kind = "session" // of an account, in a cookie
	Token   Kind = "token"   // in an Authorization header
	Device  Kind = "device"  // in the cookie of a paired screen or kiosk
)

// Principal is somebody who proved who they are.
type Principal struct {
	ID         string // opaque: "acc_…", "tok_…", "dev_…"; may stand in the journal
	Credential string // the id of the session, token or device; what OnEnd names
	Kind       Kind
	Name       string // account name or label; shown to its owner and to admins, never journaled or logged
	Grants     []Grant
}

// Can says whether one of the roles is granted in the office. office "" asks
// for a right in all offices.
func (p Principal) Can(roles []Role, office string) bool { return p.CanAt(roles, office, "") }

// CanAt is Can for one desk of the office. A grant bound to a desk counts for
// that desk, and with desk "" for what is not about a desk.
func (p Principal) CanAt(roles []Role, office, desk string) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool {
		return slices.Contains(roles, g.Role) && (g.Office == "" || g.Office == office) &&
			(g.Desk == "" || desk == "" || g.Desk == desk)
	})
}

// What a person may be told.
var (
	ErrWrong        = errors.New("name or password is wrong")
	ErrDenied       = errors.New("not allowed")
	ErrUnknown      = errors.New("unknown or ended")
	ErrNameTaken    = errors.New("this name is taken")
	ErrBadName      = errors.New("a name has 1 to 64 characters")
	ErrWeakPassword = errors.New("a password has at least 12 characters")
	ErrLongPassword = errors.New("a password has at most 1024 bytes")
	ErrSetupUsed    = errors.New("the setup link was used or is not the newest")
	ErrBadGrant     = errors.New("no such role, or a desk or screen without its office")
	ErrPending      = errors.New("nobody has approved this device yet")
	ErrTooMany      = errors.New("too many devices ask to be paired")
	ErrBusy         = errors.New("too many sign-ins at once")
)

// WaitError refuses a try because too many failed before it.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string { return "too many failed tries" }

// Seconds is how long to wait, rounded up.
func (e *WaitError) Seconds() int { return int((e.Wait + time.Second - 1) / time.Second) }

func checkGrants(gs []Grant) error {
	if len(gs) == 0 {
		return ErrBadGrant
	}
	for _, g := range gs {
		if !g.Role.Known() || g.Office == "" && (g.Desk != "" || g.Screen != "") {
			return ErrBadGrant
		}
	}
	return nil
}
