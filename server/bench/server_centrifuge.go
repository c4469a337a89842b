package main

import (
	"context"
	"net/http"

	"github.com/centrifugal/centrifuge"
)

// centrifugeServer is a node of the library with its websocket handler: every
// client is subscribed by the server to one channel. Its pings are off, as all
// heartbeats are here.
type centrifugeServer struct{ node *centrifuge.Node }

func newCentrifuge() server { return new(centrifugeServer) }

const channel = "hall"

func (s *centrifugeServer) listen([]byte) (string, error) {
	var err error
	if s.node, err = centrifuge.New(centrifuge.Config{}); err != nil {
		return "", err
	}
	s.node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Subscriptions: map[string]centrifuge.SubscribeOptions{channel: {}}}, nil
	})
	s.node.OnConnect(func(*centrifuge.Client) {})
	if err := s.node.Run(); err != nil {
		return "", err
	}
	h := centrifuge.NewWebsocketHandler(s.node, centrifuge.WebsocketConfig{
		CheckOrigin:    func(*http.Request) bool { return true },
		PingPongConfig: centrifuge.PingPongConfig{PingInterval: -1, PongTimeout: -1},
	})
	return onHTTP(signedIn{h})
}

// signedIn gives each request the credentials that the library asks for.
type signedIn struct{ next http.Handler }

// ServeHTTP passes a request on as that of somebody without a name.
func (s signedIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.next.ServeHTTP(w, r.WithContext(centrifuge.SetCredentials(r.Context(), &centrifuge.Credentials{})))
}

// pushEnvelope is what the library sets around a publication's data.
const pushEnvelope = len(`{"push":{"channel":"hall","pub":{"data":}}}`)

func (s *centrifugeServer) publish(m []byte) {
	_, err := s.node.Publish(channel, message(1, max(len(m)-pushEnvelope, 40)))
	check(err)
}

func (s *centrifugeServer) open() int { return s.node.Hub().NumClients() }
