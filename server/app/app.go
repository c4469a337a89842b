package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"aufruf/display"
	"aufruf/server/access"
	"aufruf/server/config"
	"aufruf/server/door"
	"aufruf/server/feed"
	"aufruf/server/live"
	"aufruf/server/notify"
	"aufruf/server/office"
	"aufruf/server/outlook"
	"aufruf/server/overbook"
	"aufruf/server/people"
	"aufruf/server/queue"
	"aufruf/server/speech"
	"aufruf/server/sqlite"
	"aufruf/server/stats"
	"aufruf/server/web"
	"aufruf/server/wire"
	"aufruf/server/words"
	"aufruf/static"
)

// Options say what to start. Zero values are explained where they are.
type Options struct {
	Config  *config.Config
	Data    string // folder of the database, the secret key and the clips
	Listen  string // address of the pages and the API
	Metrics string // address of /metrics; empty: none
	OpenNow string // "", "always", or "HH:MM" today: an extraordinary opening at start
	// Clock is the time for everything the program does; nil is the machine's.
	// A replay runs on a faster one.
	Clock func() time.Time
	// PlainSockets leaves followers' sockets with the web server: a goroutine
	// each, which is what happens by itself where they cannot be taken over.
	PlainSockets bool
	// Mute leaves out the announcements, for tests.
	Mute bool
	Log  *slog.Logger
}

// App is the running program.
type App struct {
	opt      Options
	log      *slog.Logger
	now      func() time.Time
	db       *sqlite.DB
	town     *office.Town
	ahead    *outlook.Watcher
	stats    *stats.Stats
	hub      *live.Hub
	cast     *live.Cast
	wire     *wire.Loop
	access   *access.Service
	notes    *people.Notes
	people   *people.Contacts
	notify   *notify.Notify
	feeds    *feed.Reader
	overbook *overbook.Worker
	speech   *speech.Speech
	server   *web.Server
	listen   net.Listener
	// listening is closed when listen is set.
	listening chan struct{}
	metrics   *metricsListener
	keeper    *keeper
	setup     string
	cancel    context.CancelFunc
	ended     sync.WaitGroup
	failed    chan error
}

// Start opens everything in order: the disk, the offices with what fell due
// meanwhile, the screens, and last the listener. On an error nothing is left
// running.
func Start(ctx context.Context, opt Options) (*App, error) {
	a := &App{opt: opt, log: opt.Log, now: opt.Clock, failed: make(chan error, 2), listening: make(chan struct{})}
	if a.now == nil {
		a.now = Now
	}
	if a.log == nil {
		a.log = slog.Default()
	}
	if err := a.start(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *App) start(ctx context.Context) (err error) {
	run, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	if err := a.openRooms(ctx, run); err != nil {
		return err
	}
	if err := a.openNow(ctx); err != nil {
		return err
	}
	if a.setup, err = a.access.SetupSecret(ctx); err != nil {
		return err
	}
	if a.listen, err = door.Listen(ctx, a.opt.Listen); err != nil {
		return fmt.Errorf("listen on %s: %w", a.opt.Listen, err)
	}
	close(a.listening)
	if a.opt.Metrics != "" {
		if a.metrics, err = listenMetrics(a.opt.Metrics, a.server.Metrics()); err != nil {
			return err
		}
	}
	a.ended.Go(func() {
		if err := a.server.Serve(a.listen); err != nil {
			a.failed <- err
		}
	})
	return nil
}

func (a *App) openRooms(ctx, run context.Context) error {
	cfg := a.opt.Config
	var err error
	if a.db, err = sqlite.Open(ctx, a.opt.Data, sqlite.Options{Log: a.log}); err != nil {
		return err
	}
	secrets, err := access.LoadSecrets(a.opt.Data)
	if err != nil {
		return err
	}
	a.access = access.New(a.db, access.Options{Log: a.log})
	if err := a.startPeople(secrets); err != nil {
		return err
	}
	rules := cfg.AllRules()
	if a.town, err = office.OpenTown(ctx, rules, a.db.Journal(), secrets, office.Options{Now: a.now, Log: a.log}); err != nil {
		return err
	}
	catalogue, err := words.Load(display.Words())
	if err != nil {
		return err
	}
	assets, err := static.Load()
	if err != nil {
		return err
	}
	a.ended.Go(func() { assets.Compress(run) })
	screens := cfg.Screens()
	a.startSpeech(run, cfg, rules, catalogue, screens)
	scores := newScores(screens)
	a.hub = live.NewHub()
	var sources []live.Source
	for _, o := range a.town.Offices() {
		sources = append(sources, o)
	}
	a.startAhead()
	a.ended.Go(func() { a.keepShown(run) })
	a.cast = live.NewCast(a.hub, sources, live.Options{Screens: screens, Waits: a.waits, Build: assets.Build(), Now: a.now, Log: a.log})
	a.town.Observe(func(o *office.Office, _ *queue.State, _ []office.Stored) {
		a.cast.Poke(o.ID())
		a.ahead.Poke(o.ID())
	})
	a.stats = stats.New(a.db.Journal(), rules, a.db, a.log)
	a.ended.Go(func() { a.stats.Run(run) })
	a.ended.Go(func() { scores.run(run, a) })
	if err := a.startNotify(run, secrets, catalogue); err != nil {
		return err
	}
	a.startFeeds(run, cfg.Imports, secrets)
	a.startOverbook(run)
	a.keeper = newKeeper(a)
	a.ended.Go(func() { a.keeper.run(run) })
	a.openWire(assets.Build())
	a.server, err = web.New(web.Deps{
		Town: a.town, Access: a.access, Notes: a.notes, Contacts: a.people, Notify: a.notify, Feeds: a.feeds, Overbook: a.overbook, Words: catalogue, Assets: assets, Hub: a.hub, Cast: a.cast, Wire: a.wire, Ahead: a.ahead, Stats: a.stats, Typical: typical{a.stats},
		Speech: a.speech, TownNames: cfg.Town, Screens: screens, Build: assets.Build(), Version: Version,
		PublicURL: cfg.Server.PublicURL, Origins: cfg.Server.Origins, TrustLocal: cfg.Devices.TrustLocal,
		TrustedProxies: cfg.Server.TrustedProxies, Limits: a.limits(cfg), Retention: web.Retention{Contacts: cfg.Retention.ContactDays, Journal: cfg.Retention.JournalDays, Statistics: cfg.Retention.StatisticsDays}, Now: a.now, Clock: Now, Log: a.log,
	})
	return err
}

// openWire makes ready to take followers' sockets over, where this system can.
func (a *App) openWire(build string) {
	if a.opt.PlainSockets {
		return
	}
	l, err := wire.Open(wire.Options{Build: build, Now: Now, Log: a.log, Ring: true})
	if err != nil {
		a.log.Info("followers' sockets are served in the ordinary way", "reason", err)
		return
	}
	a.wire = l
}

// startAhead looks ahead for every office; screens hear of each new look.
func (a *App) startAhead() {
	var sources []outlook.Source
	for _, o := range a.town.Offices() {
		sources = append(sources, o)
	}
	a.ahead = outlook.New(sources, outlook.Options{Now: a.now, Kept: a.loadShown(), Seen: func(office string) {
		if c := a.cast; c != nil {
			c.Poke(office)
		}
	}})
}

// waits is the newest look ahead of an office.
func (a *App) waits(office string) display.Waits {
	if l := a.ahead.Latest(office); l != nil {
		return l
	}
	return nil
}

// startSpeech renders announcements in the background and lets the screens
// name the clips of the languages that are ready.
func (a *App) startSpeech(run context.Context, cfg *config.Config, rules []*queue.Rules, catalogue *words.Catalogue, screens []display.Screen) {
	if a.opt.Mute {
		return
	}
	langs, places := announced(rules, screens)
	a.speech = speech.New(speech.Options{Dir: filepath.Join(a.opt.Data, "speech"), Command: cfg.Speech.Command,
		Languages: langs, Places: places, Words: catalogue, Log: a.log})
	a.speech.Start(run)
	for i := range screens {
		screens[i].Speak = func(lang string, n queue.Number, place string) []string {
			if !a.speech.Ready(lang) {
				return nil
			}
			return speech.Plan(lang, n.String(), place)
		}
	}
}

// announced are the languages that screens speak, and the places of all desks
// in each.
func announced(rules []*queue.Rules, screens []display.Screen) (langs []string, places map[string][]string) {
	places = map[string][]string{}
	for _, s := range screens {
		for _, lang := range s.Languages {
			if _, there := places[lang]; there {
				continue
			}
			langs = append(langs, lang)
			places[lang] = []string{}
			for _, r := range rules {
				for _, d := range r.Desks {
					places[lang] = append(places[lang], display.Names(d.Names).In(lang))
				}
			}
		}
	}
	return langs, places
}

// openNow opens every office out of hours, where the command line asks for it.
func (a *App) openNow(ctx context.Context) error {
	if a.opt.OpenNow == "" {
		return nil
	}
	for _, o := range a.town.Offices() {
		until, err := openUntil(a.opt.OpenNow, o.Rules(), a.now())
		if err != nil {
			return err
		}
		_, err = o.Do(ctx, office.Request{ID: office.RequestID("command line", a.now().String()+o.ID()), By: "command_line",
			Command: queue.OpenOffice{Until: until}})
		if err != nil {
			return fmt.Errorf("open office %s now: %w", o.ID(), err)
		}
	}
	return nil
}

// URL is the address that people open.
func (a *App) URL() string { return "http://" + a.listen.Addr().String() }

// MetricsURL is the address of /metrics, or empty when there is none.
func (a *App) MetricsURL() string {
	if a.metrics == nil {
		return ""
	}
	return "http://" + a.metrics.ln.Addr().String() + "/metrics"
}

// SetupLink leads to the making of the first account, or is empty when there is
// one.
func (a *App) SetupLink() string {
	if a.setup == "" {
		return ""
	}
	return a.URL() + "/setup/" + a.setup
}

// Access is who may come in, for the commands that make tokens.
func (a *App) Access() *access.Service { return a.access }

// Failed gets the fault that ends the program, if one does.
func (a *App) Failed() <-chan error { return a.failed }

// stopWithin is how long open requests are waited for: with the closing of the
// disk a stop stays under five seconds.
const stopWithin = 4 * time.Second

// Stop ends the program in order: no new requests, sockets closed with a word,
// commands finished, the disk closed.
func (a *App) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		// Somebody is still sending a request; nothing of it was acknowledged.
		a.log.Warn("stopped while a request was still on its way")
		err = nil
	}
	return errors.Join(err, a.close())
}

// close ends whatever was started.
func (a *App) close() error {
	if a.metrics != nil {
		a.metrics.close()
	}
	if a.wire != nil {
		a.wire.Close()
	}
	if a.ahead != nil {
		a.ahead.Close()
	}
	if a.cast != nil {
		a.cast.Close()
	}
	if a.town != nil {
		a.town.Close()
	}
	a.cancel()
	if a.speech != nil {
		a.speech.Wait()
	}
	if a.listen != nil {
		a.listen.Close() // the server does it too, once it serves
	}
	a.ended.Wait()
	if a.ahead != nil {
		a.saveShown(nil)
	}
	if a.db != nil {
		return a.db.Close()
	}
	return nil
}
