package config

import (
	"fmt"
	"os"
	"time"

	"aufruf/display"
	"aufruf/server/notify"
	"aufruf/server/queue"
)

// Config is a sound configuration. It does not change after it was read and may
// be used by many goroutines; what its methods return is shared and must not be
// changed, except that Screens gives a new list each time.
type Config struct {
	Town      display.Names // what the town is called
	Server    Server
	Devices   Devices
	Speech    Speech
	Retention Retention
	Notify    notify.Settings // how people are told of their appointments
	Imports   []Import        // calendars of other systems; none if not given

	rules   []*queue.Rules
	screens []display.Screen
}

// Server is how the program is reached. All of it may be left out.
type Server struct {
	// PublicURL begins the links that people get, "https://queue.example.org",
	// without a slash at the end. Empty: links are paths, and the QR code uses
	// the address the page was opened under.
	PublicURL string
	// Origins are more origins than the own that pages and sockets may come from.
	Origins []string
	// TrustedProxies are addresses or networks whose forwarding headers count.
	TrustedProxies []string
	Limits         Limits
}

// Limits stop floods; the defaults leave honest bulk alone.
type Limits struct {
	Read    Rate // of one address, what anybody may read; 100 a second, 400 at once
	Write   Rate // of one address, what anybody may do; 5 a second, 50 at once
	Draw    Rate // numbers, of one token or account; 50 a second, 100 at once
	Kiosk   Rate // numbers, of one paired or local kiosk; 1 a second, 5 at once
	Sockets Sockets
}

// Rate is how often something may be done: PerSecond in the long run, Burst at
// once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Sockets bounds the screens and phones that follow at the same time.
type Sockets struct {
	Total      int // of the whole program; 19,000, which is also the most
	PerAddress int // of people without an account or device from one address; 250
}

// Devices is how screens and kiosks come in.
type Devices struct {
	// TrustLocal opens board and kiosk to a browser on the server itself. It is
	// refused together with TrustedProxies. False if not given.
	TrustLocal bool
}

// Speech is how announcements are made.
type Speech struct {
	// Command renders one clip; {lang}, {file} and {text} are put in. Empty: the
	// program's own choice, espeak-ng.
	Command string
}

// Retention is how long is kept what may be erased.
type Retention struct {
	JournalDays    int // days of journal that are kept; 0: all; 400 if not given
	StatisticsDays int // days of anonymous statistics that are kept; 0: all; 730 if not given
	ContactDays    int // days after a visit that a contact is kept; 2 if not given, at most 30
}

// Defaults of an office; each key of the same name in the file overrides one.
const (
	DefaultZone        = "Europe/Berlin"
	DefaultEarly       = 15 * time.Minute
	DefaultGrace       = 10 * time.Minute
	DefaultCeiling     = 45 * time.Minute
	DefaultNoShowAfter = 3
	DefaultUndoWithin  = 10 * time.Second
	DefaultMaxPriority = 60 * time.Minute
	DefaultMaxQuantity = 9
	DefaultMaxServices = 5
	DefaultOverrun     = 15 * time.Minute
	DefaultPlanned     = 10 * time.Minute // of a service
	DefaultTarget      = 30 * time.Minute
)

// defaults is a Config of which nothing was given.
func defaults() Config {
	return Config{
		Server: Server{Limits: Limits{
			Read: Rate{100, 400}, Write: Rate{5, 50}, Draw: Rate{50, 100}, Kiosk: Rate{1, 5},
			Sockets: Sockets{Total: 19_000, PerAddress: 250},
		}},
		Retention: Retention{JournalDays: 400, StatisticsDays: 730, ContactDays: 2},
	}
}

// Load reads a file. If it cannot be read, the error says why; if it is not
// sound, the error is an *Invalid with every complaint.
func Load(path string) (*Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c, problems := Parse(path, raw)
	if err := problems.Err("en"); err != nil {
		return nil, err
	}
	return c, nil
}

// Rules are those of one office, or nil if there is no such office.
func (c *Config) Rules(office string) *queue.Rules {
	for _, r := range c.rules {
		if r.Office == office {
			return r
		}
	}
	return nil
}

// AllRules are those of all offices, in the order of the file; at least one.
func (c *Config) AllRules() []*queue.Rules { return c.rules }

// Screens are the lobby screens of all offices, in the order of the file. The
// list is the caller's own.
func (c *Config) Screens() []display.Screen { return append([]display.Screen(nil), c.screens...) }
