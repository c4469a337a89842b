package app_test

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"aufruf/server/app"
	"aufruf/server/config"
)

func TestStartThatFailsLeavesNoListenerBehind(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	cfg, problems := config.Parse("small", []byte(smallTown))
	if err := problems.Err("en"); err != nil {
		t.Fatal(err)
	}
	_, err = app.Start(context.Background(), app.Options{Config: cfg, Data: t.TempDir(), Listen: addr,
		Metrics: taken.Addr().String(), Mute: true, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("started with a metrics address that is taken")
	}
	again, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("the pages' address is still held: %v", err)
	}
	again.Close()
}
