package notify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// gate is an SMS supplier that can fail, hang and answer twice.
type gate struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	header map[string]string
	hang   chan struct{} // closed: stop hanging
	asked  chan struct{} // gets one for each call
	calls  int
	taken  []sms
}

type sms struct{ To, Text, Ref string }

func newGate(t *testing.T) *gate {
	g := &gate{status: 200, asked: make(chan struct{}, 1000)}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(func() {
		g.CloseClientConnections()
		g.Close()
	})
	return g
}

func (g *gate) serve(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.calls++
	status, header, hang := g.status, g.header, g.hang
	if status == 200 {
		g.taken = append(g.taken, sms{To: jsonText(raw, "to"), Text: jsonText(raw, "text"), Ref: jsonText(raw, "ref")})
	}
	id := len(g.taken)
	g.mu.Unlock()
	g.asked <- struct{}{}
	if hang != nil {
		select {
		case <-hang:
		case <-r.Context().Done():
			return
		}
	}
	for k, v := range header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":{"id":"m-%d"}}`, id)
}

func (g *gate) answers(status int, header map[string]string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status, g.header = status, header
}

func (g *gate) got() []sms {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]sms(nil), g.taken...)
}

// jsonText is a text of an object.
func jsonText(raw []byte, key string) string {
	var m map[string]string
	if json.Unmarshal(raw, &m) != nil {
		return "not JSON"
	}
	return m[key]
}

// sink is a mail server that can refuse.
type sink struct {
	port   int
	mu     sync.Mutex
	refuse *smtp.SMTPError // of every recipient
	greet  *smtp.SMTPError // of every sender
	mails  []string
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }))
	server.Domain = "sink.example"
	server.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		l.Close() // where it was closed before it served
		<-done
	})
	return s
}

func (s *sink) refuses(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = nil
	if code != 0 {
		s.refuse = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no zoe@example.org here"}
	}
}

// got are the mails that were taken.
func (s *sink) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

type session struct{ s *sink }

func (x *session) Reset()        {}
func (x *session) Logout() error { return nil }

func (x *session) Mail(string, *smtp.MailOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.greet != nil {
		return x.s.greet
	}
	return nil
}

func (x *session) Rcpt(string, *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.refuse != nil {
		return x.s.refuse
	}
	return nil
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails = append(x.s.mails, string(raw))
	return nil
}
