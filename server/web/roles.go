package web

import (
	"slices"

	"aufruf/server/access"
)

// rule says who may use a route.
type rule struct {
	roles []access.Role // one of them; nil: anybody
	form  bool          // anybody, but only from a page of ours: it changes who the browser is
}

func only(roles ...access.Role) rule { return rule{roles: roles} }

// place is what a route is about; empty parts are not named by it.
type place struct{ Office, Desk, Screen string }

// may says whether one of the roles is granted for a place. A grant bound to a
// desk or a screen counts there alone, and for what names none.
func may(p access.Principal, roles []access.Role, at place) bool {
	return slices.ContainsFunc(p.Grants, func(g access.Grant) bool {
		return slices.Contains(roles, g.Role) && (g.Office == "" || at.Office == "" || g.Office == at.Office) &&
			(g.Desk == "" || at.Desk == "" || g.Desk == at.Desk) && (g.Screen == "" || at.Screen == "" || g.Screen == at.Screen)
	})
}

var (
	anybody   = rule{}
	staff     = only(access.Clerk, access.Reception, access.Supervisor)
	atDesks   = only(access.Clerk, access.Supervisor)
	reception = only(access.Reception, access.Supervisor)
	leading   = only(access.Supervisor, access.Admin)
	dayOut    = only(access.Reception, access.Supervisor, access.Admin)
	planning  = only(access.Clerk, access.Supervisor, access.Admin)
)

// table is who may do what, the whole of it. A route that is not in here is
// not registered.
var table = map[string]rule{
	"GET /healthz":             anybody,
	"GET /readyz":              anybody,
	"GET /api/v1/openapi.json": anybody,

	"GET /api/v1/me":                                           only(access.Roles()...),
	"GET /api/v1/offices":                                      anybody,
	"GET /api/v1/offices/:office":                              anybody,
	"GET /api/v1/offices/:office/catalogue":                    anybody,
	"GET /api/v1/offices/:office/services/:service":            anybody,
	"GET /api/v1/offices/:office/queue":                        staff,
	"GET /api/v1/offices/:office/what-if":                      planning,
	"GET /api/v1/offices/:office/ahead":                        planning,
	"GET /api/v1/offices/:office/ledger":                       leading,
	"GET /api/v1/offices/:office/lengths":                      leading,
	"GET /api/v1/offices/:office/missing-papers":               leading,
	"POST /api/v1/offices/:office/services/:service/planned":   only(access.Supervisor),
	"GET /api/v1/offices/:office/booking":                      leading,
	"POST /api/v1/offices/:office/booking":                     only(access.Supervisor),
	"POST /api/v1/offices/:office/booking/take-back":           only(access.Supervisor),
	"GET /api/v1/offices/:office/feeds":                        leading,
	"POST /api/v1/offices/:office/feeds/:id/read":              only(access.Supervisor),
	"GET /api/v1/offices/:office/day.csv":                      dayOut, // names in it are asked for by themselves
	"GET /api/v1/offices/:office/plan":                         leading,
	"POST /api/v1/offices/:office/tickets":                     only(access.Kiosk, access.Reception, access.Supervisor),
	"POST /api/v1/offices/:office/tickets/:id/leave":           reception,
	"GET /api/v1/offices/:office/tickets/:id/note":             only(access.Clerk),
	"PUT /api/v1/offices/:office/tickets/:id/note":             only(access.Clerk),
	"GET /api/v1/offices/:office/tickets/:id/needs":            atDesks,
	"POST /api/v1/offices/:office/tickets/:id/papers":          atDesks,
	"POST /api/v1/offices/:office/tickets/:id/follow-up":       atDesks,
	"GET /api/v1/offices/:office/tickets/:id/contact":          staff, // a clerk that of the person at their own desk
	"GET /api/v1/offices/:office/appointments/:code/contact":   staff,
	"POST /api/v1/offices/:office/people/find":                 reception,
	"POST /api/v1/offices/:office/appointments":                reception,
	"POST /api/v1/offices/:office/appointments/import":         reception,
	"GET /api/v1/offices/:office/appointments/:code":           only(access.Kiosk, access.Clerk, access.Reception, access.Supervisor),
	"POST /api/v1/offices/:office/check-in":                    only(access.Kiosk, access.Clerk, access.Reception, access.Supervisor),
	"POST /api/v1/offices/:office/appointments/:code/check-in": only(access.Kiosk, access.Clerk, access.Reception, access.Supervisor),
	"POST /api/v1/offices/:office/appointments/:code/messages": reception,
	"GET /api/v1/offices/:office/messages":                     leading,
	"GET /api/v1/offices/:office/messages/preview":             leading,
	"POST /api/v1/offices/:office/messages/:id/retry":          leading,
	"POST /api/v1/offices/:office/open":                        leading,
	"POST /api/v1/offices/:office/close":                       leading,
	"POST /api/v1/offices/:office/intake":                      leading,
	"POST /api/v1/offices/:office/notice":                      leading,
	"POST /api/v1/offices/:office/desks/:desk/open":            atDesks,
	"POST /api/v1/offices/:office/desks/:desk/pause":           atDesks,
	"POST /api/v1/offices/:office/desks/:desk/resume":          atDesks,
	"POST /api/v1/offices/:office/desks/:desk/close":           atDesks,
	"POST /api/v1/offices/:office/desks/:desk/next":            atDesks,
	"POST /api/v1/offices/:office/desks/:desk/recall":          atDesks,
	"POST /api/v1/offices/:office/desks/:desk/start":           atDesks,
	"POST /api/v1/offices/:office/desks/:desk/finish":          atDesks,
	"POST /api/v1/offices/:office/desks/:desk/no-show":         atDesks,
	"POST /api/v1/offices/:office/desks/:desk/park":            atDesks,
	"POST /api/v1/offices/:office/desks/:desk/unpark":          atDesks,
	"POST /api/v1/offices/:office/desks/:desk/transfer":        atDesks,
	"POST /api/v1/offices/:office/desks/:desk/requeue":         atDesks,
	"POST /api/v1/offices/:office/desks/:desk/take":            atDesks,
	"POST /api/v1/offices/:office/desks/:desk/undo":            atDesks,

	"GET /api/v1/tickets/:secret":        anybody, // the link is the right
	"POST /api/v1/tickets/:secret/leave": anybody,
	"POST /api/v1/pairings":              anybody,
	"GET /api/v1/pairings/:poll":         anybody,
	"GET /api/v1/devices":                leading,
	"POST /api/v1/devices/approve":       leading,
	"POST /api/v1/devices/:id/revoke":    leading,

	"POST /hooks/sms/:secret": anybody, // the secret is the right
	"GET /dev/outbox":         leading, // there only where messages stay in the house; of the caller's offices
	"GET /dev/outbox/:id":     leading,

	// For other sites and everybody.
	"GET /public/:office.json":      anybody,
	"GET /public/:office":           anybody,
	"GET /public/:office/qr.svg":    anybody,
	"GET /public/:office/badge":     anybody,
	"GET /public/:office/badge.svg": anybody,

	"GET /api/v1/offices/:office/slots":                      anybody,
	"POST /api/v1/offices/:office/holds":                     anybody, // who books not online but for others is asked for by itself
	"POST /api/v1/holds/:secret/release":                     anybody, // the link is the right
	"POST /api/v1/holds/:secret/book":                        anybody,
	"POST /api/v1/appointments/:secret/move":                 anybody,
	"POST /api/v1/appointments/:secret/cancel":               anybody,
	"POST /api/v1/appointments/:secret/confirm":              anybody,
	"POST /api/v1/appointments/:secret/delay":                anybody,
	"POST /api/v1/offices/:office/appointments/:code/move":   reception,
	"POST /api/v1/offices/:office/appointments/:code/cancel": reception,

	// Pages. Those for anybody ask themselves whom they show what.
	"GET /":                           anybody,
	"GET /board/:screen":              anybody, // an unpaired device shows its code
	"GET /kiosk/:office":              anybody,
	"GET /t/:secret":                  anybody,
	"GET /t/:secret/qr.svg":           anybody,
	"GET /t/:secret/print":            anybody,
	"POST /t/:secret/leave":           anybody,
	"GET /a/:secret":                  anybody,
	"GET /a/:secret/qr.svg":           anybody,
	"GET /a/:secret/print":            anybody,
	"GET /a/:secret/sheet":            anybody,
	"POST /a/:secret/check-in":        anybody,
	"GET /a/:secret/move":             anybody,
	"POST /a/:secret/move":            anybody,
	"POST /a/:secret/cancel":          anybody,
	"POST /a/:secret/confirm":         anybody,
	"POST /a/:secret/delay":           anybody,
	"POST /a/:secret/quiet":           anybody,
	"GET /a/:secret/aufruf.ics":       anybody,
	"GET /a/:secret/data.json":        anybody,
	"GET /book/hold/:secret":          anybody,
	"POST /book/hold/:secret":         anybody,
	"POST /book/hold/:secret/release": anybody,
	"GET /book/:office":               anybody,
	"GET /book/:office/papers":        anybody,
	"GET /book/:office/times":         anybody,
	"POST /book/:office/hold":         anybody,
	"GET /book/:office/wish":          anybody,
	"POST /book/:office/wish":         anybody,
	"GET /w/:secret":                  anybody,
	"POST /w/:secret/accept":          anybody,
	"POST /w/:secret/decline":         anybody,
	"POST /w/:secret/withdraw":        anybody,
	"GET /sign-in":                    anybody,
	"POST /sign-in":                   {form: true},
	"POST /sign-out":                  {form: true},
	"GET /setup/:secret":              anybody,
	"POST /setup/:secret":             {form: true},
	"GET /desk/:office":               atDesks,
	"GET /desk/:office/:desk":         atDesks,
	"GET /reception/:office":          reception,
	"GET /reception/:office/day":      dayOut,
	"GET /supervisor/:office":         leading,
	"GET /privacy/:office":            leading,
	"POST /privacy/:office/search":    leading, // each look is in the audit
	"POST /privacy/:office/export":    leading,
	"POST /privacy/:office/erase":     leading,
	"GET /speech/:lang/:clip":         anybody,
	"GET /static/*":                   anybody,
	"GET /live":                       anybody, // each topic is asked for by itself
}
