package app

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// metricsListener serves /metrics on an address of its own, so that it can
// stay inside the house.
type metricsListener struct {
	server *http.Server
	ln     net.Listener
	done   chan struct{}
}

func listenMetrics(addr string, h http.Handler) (*metricsListener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics on %s: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h)
	m := &metricsListener{server: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}, ln: ln, done: make(chan struct{})}
	go func() {
		defer close(m.done)
		m.server.Serve(ln)
	}()
	return m, nil
}

func (m *metricsListener) close() {
	m.server.Close()
	<-m.done
}
