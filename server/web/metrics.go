package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"aufruf/server/door"
	"aufruf/server/notify"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the figures for operators. Labels are route patterns, command
// kinds, codes and office ids, never a path, a number or a person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	commands *prometheus.HistogramVec
	refusals *prometheus.CounterVec
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aufruf_http_requests_total",
			Help: "Requests by route and status."}, []string{"route", "status"}),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "aufruf_command_seconds",
			Help:    "From a command's arrival at its office to its answer, by kind.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10}}, []string{"kind"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aufruf_refusals_total",
			Help: "Requests turned down, by code."}, []string{"code"}),
	}
	m.registry.MustRegister(m.requests, m.commands, m.refusals, figures{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// figures reads what is counted elsewhere when somebody asks.
type figures struct{ s *Server }

var (
	socketsDesc = prometheus.NewDesc("aufruf_sockets", "Followers by kind of topic.", []string{"kind"}, nil)
	seqDesc     = prometheus.NewDesc("aufruf_office_seq", "Newest record of an office.", []string{"office"}, nil)
	writeDesc   = prometheus.NewDesc("aufruf_office_writable", "1 while an office accepts commands.", []string{"office"}, nil)
	outboxDesc  = prometheus.NewDesc("aufruf_messages", "Messages in the outbox by state.", []string{"state"}, nil)
	waitDesc    = prometheus.NewDesc("aufruf_office_open_tickets", "Tickets that are not final.", []string{"office"}, nil)

	takenDesc       = prometheus.NewDesc("aufruf_sockets_taken_over", "Followers whose sockets were taken over from the web server.", nil, nil)
	framesDesc      = prometheus.NewDesc("aufruf_frames_total", "Messages written to them.", nil, nil)
	frameBytesDesc  = prometheus.NewDesc("aufruf_frame_bytes_total", "Bytes of these messages, with their headers.", nil, nil)
	fullDesc        = prometheus.NewDesc("aufruf_sockets_full_total", "How often one of them took no more for a while.", nil, nil)
	slowDesc        = prometheus.NewDesc("aufruf_sockets_slow_total", "How many were ended because they took nothing for long.", nil, nil)
	placesDesc      = prometheus.NewDesc("aufruf_followers_limit", "Followers that fit: the least of configuration, descriptors and memory.", nil, nil)
	reservedDesc    = prometheus.NewDesc("aufruf_followers_reserved", "Of these kept for who works here.", nil, nil)
	bytesDesc       = prometheus.NewDesc("aufruf_follower_bytes", "What a follower is reckoned to cost, the kernel's part included.", nil, nil)
	descriptorsDesc = prometheus.NewDesc("aufruf_descriptors_limit", "Files and sockets that may be open, as read at start.", nil, nil)
	mostDesc        = prometheus.NewDesc("aufruf_connections_limit", "Connections at once that are no followers.", nil, nil)
	openDesc        = prometheus.NewDesc("aufruf_connections", "Open connections that are no followers.", nil, nil)
	acceptedDesc    = prometheus.NewDesc("aufruf_connections_total", "Connections that were let in.", nil, nil)
	refusedDesc     = prometheus.NewDesc("aufruf_connections_refused_total", "Connections answered with 503 at the door, by what was missing.", []string{"reason"}, nil)
	pauseDesc       = prometheus.NewDesc("aufruf_accept_pause_seconds_total", "Time for which nobody was let in, so that others were served.", nil, nil)
)

// Describe and Collect make figures a prometheus.Collector.
func (f figures) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, ch) }

func (f figures) Collect(ch chan<- prometheus.Metric) {
	if f.s.deps.Hub != nil {
		for kind, n := range f.s.deps.Hub.Seats() {
			ch <- prometheus.MustNewConstMetric(socketsDesc, prometheus.GaugeValue, float64(n), string(kind))
		}
	}
	if n := f.s.deps.Notify; n != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		counts, err := n.Counts(ctx)
		cancel()
		for _, state := range []notify.State{notify.Waiting, notify.Sending, notify.Sent, notify.Failed, notify.Dropped} {
			if err == nil { // a disk that fails is told elsewhere
				ch <- prometheus.MustNewConstMetric(outboxDesc, prometheus.GaugeValue, float64(counts[state]), string(state))
			}
		}
	}
	f.collectPlaces(ch)
	if w := f.s.deps.Wire; w != nil {
		st := w.Stats()
		ch <- prometheus.MustNewConstMetric(takenDesc, prometheus.GaugeValue, float64(st.Followers))
		ch <- prometheus.MustNewConstMetric(framesDesc, prometheus.CounterValue, float64(st.Frames))
		ch <- prometheus.MustNewConstMetric(frameBytesDesc, prometheus.CounterValue, float64(st.Bytes))
		ch <- prometheus.MustNewConstMetric(fullDesc, prometheus.CounterValue, float64(st.Full))
		ch <- prometheus.MustNewConstMetric(slowDesc, prometheus.CounterValue, float64(st.Dropped))
	}
	for _, o := range f.s.deps.Town.Offices() {
		writable := 1.0
		if o.Fault() != nil {
			writable = 0
		}
		st := o.State()
		ch <- prometheus.MustNewConstMetric(seqDesc, prometheus.CounterValue, float64(st.Seq), o.ID())
		ch <- prometheus.MustNewConstMetric(writeDesc, prometheus.GaugeValue, writable, o.ID())
		ch <- prometheus.MustNewConstMetric(waitDesc, prometheus.GaugeValue, float64(len(st.Open)), o.ID())
	}
}

// collectPlaces reads what fits and how connections came in.
func (f figures) collectPlaces(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
	gauge(placesDesc, f.s.places.Followers)
	gauge(reservedDesc, f.s.places.Reserved)
	gauge(bytesDesc, f.s.places.FollowerBytes)
	gauge(descriptorsDesc, f.s.places.Descriptors)
	gauge(mostDesc, f.s.places.Connections)
	d := f.s.front.Load()
	if d == nil {
		return
	}
	c := d.Counts()
	gauge(openDesc, c.Open)
	ch <- prometheus.MustNewConstMetric(acceptedDesc, prometheus.CounterValue, float64(c.Accepted))
	for _, why := range door.Reasons {
		ch <- prometheus.MustNewConstMetric(refusedDesc, prometheus.CounterValue, float64(c.Refused[why]), string(why))
	}
	ch <- prometheus.MustNewConstMetric(pauseDesc, prometheus.CounterValue, c.Paused.Seconds())
}

// note writes the request's line and counts it. The line names the route, the
// kind of caller and what came of it; addresses, paths and queries are keys
// and people.
func (s *Server) note(c *fiber.Ctx, a *ask) {
	route := a.route
	if route == "" {
		route = "none"
	}
	status := c.Response().StatusCode()
	s.metrics.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	level := slog.LevelDebug
	if changes(c) {
		level = slog.LevelInfo
	}
	who := "nobody"
	if a.known {
		who = string(a.who.Kind)
	}
	attrs := []slog.Attr{slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(s.deps.Clock().Sub(a.began))/float64(time.Millisecond)),
		slog.Int("bytes", len(c.Response().Body())), slog.String("who", who)}
	if p := a.refused; p != nil {
		s.metrics.refusals.WithLabelValues(p.Code).Inc()
		attrs = append(attrs, slog.String("code", p.Code))
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
			if p.cause != nil {
				attrs = append(attrs, slog.Any("error", p.cause))
			}
		}
	}
	s.log.LogAttrs(c.Context(), level, "request", attrs...)
}
