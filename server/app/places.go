package app

import (
	"os"

	"aufruf/server/config"
	"aufruf/server/door"
	"aufruf/server/web"
)

// reserved are the places of followers that are kept for who works here.
const reserved = 500

// Places are how many followers and connections fit on this machine with a
// configuration. takenOver says that followers' sockets are, as on Linux.
func Places(cfg *config.Config, takenOver bool) door.Places {
	want := door.Want{Followers: cfg.Server.Limits.Sockets.Total, Reserved: reserved, FollowerBytes: door.PlainBytes}
	if takenOver {
		want.FollowerBytes = door.TakenBytes
	}
	return door.Fit(door.ReadMachine(os.DirFS("/")), want)
}

// limits are the configured limits as the web takes them, as far as they fit on
// this machine; the log is told which do.
func (a *App) limits(cfg *config.Config) web.Limits {
	l, p := cfg.Server.Limits, Places(cfg, a.wire != nil)
	a.log.Info("places", "followers", p.Followers, "bound_by", string(p.Bound), "reserved", p.Reserved, "per_address", l.Sockets.PerAddress,
		"follower_bytes", p.FollowerBytes, "descriptors", p.Descriptors, "memory_bytes", p.Memory,
		"connections", p.Connections, "connections_per_address", p.PerAddress)
	return web.Limits{Read: web.Rate(l.Read), Write: web.Rate(l.Write), Draw: web.Rate(l.Draw), Kiosk: web.Rate(l.Kiosk), Places: p,
		Sockets: web.SocketLimits{Total: p.Followers, Reserve: p.Reserved, PerAddress: l.Sockets.PerAddress}}
}
