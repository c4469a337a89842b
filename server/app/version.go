package app

import (
	"runtime/debug"

	"aufruf/server/config"
	"aufruf/server/web"
)

// Version is what this program was built from.
var Version = func() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}()

// limits are the configured limits as the web takes them.
func limits(cfg *config.Config) web.Limits {
	l := cfg.Server.Limits
	return web.Limits{Read: web.Rate(l.Read), Write: web.Rate(l.Write), Draw: web.Rate(l.Draw), Kiosk: web.Rate(l.Kiosk),
		Sockets: web.SocketLimits{Total: l.Sockets.Total, PerAddress: l.Sockets.PerAddress}}
}
