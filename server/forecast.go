package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"aufruf/server/exchange"
	"aufruf/server/respond"
)

// forecastStream answers a stream of office days in the exchange format.
type forecastStream struct {
	PerDesk bool `name:"per-desk" help:"Learn how desks differ in speed." negatable:""`
}

// streamFault is a line that is not of the format: exit code 2.
type streamFault struct{ error }

func (f *forecastStream) Run(ctx context.Context) error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	s := respond.New(f.PerDesk)
	err := exchange.Read(os.Stdin, func(l *exchange.Line) error {
		a, err := s.Take(l)
		if err != nil || a == nil {
			return err
		}
		if err := exchange.Write(out, a); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return streamFault{fmt.Errorf("%w", err)}
	}
	return nil
}
