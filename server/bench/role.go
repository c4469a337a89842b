package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

var errHelp = errors.New("help was asked for")

// role is a subprocess that does what it is told, a line of JSON each, and
// answers each line with one.
type role struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	ctx  context.Context
}

// startRole starts this program as another one on a core of its own.
func startRole(ctx context.Context, core int, args ...string) (*role, error) {
	cmd, err := onCore(core, "-", args...)
	if err != nil {
		return nil, err
	}
	r := &role{name: args[0], cmd: cmd, ctx: ctx}
	if len(args) > 1 {
		r.name = args[1]
	}
	if r.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	r.out = bufio.NewReaderSize(out, 1<<16)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return r, nil
}

// tell sends a command without waiting.
func (r *role) tell(command any) error {
	raw, err := json.Marshal(command)
	if err != nil {
		return err
	}
	_, err = r.in.Write(append(raw, '\n'))
	return err
}

// hear waits for one answer. A role that does not answer for two minutes longer
// than its own bounds is ended.
func (r *role) hear(answer any) error {
	got := make(chan error, 1)
	go func() {
		line, err := r.out.ReadBytes('\n')
		if err == nil {
			var fault struct {
				Fault string `json:"fault"`
			}
			if json.Unmarshal(line, &fault) == nil && fault.Fault != "" {
				err = errors.New(fault.Fault)
			} else if answer != nil {
				err = json.Unmarshal(line, answer)
			}
		}
		got <- err
	}()
	select {
	case err := <-got:
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-time.After(4 * time.Minute):
		return fmt.Errorf("%s: no answer", r.name)
	}
}

func (r *role) ask(command, answer any) error {
	if err := r.tell(command); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return r.hear(answer)
}

// stop ends the process: at the end of its input it goes by itself, and if not,
// it is killed.
func (r *role) stop() {
	r.in.Close()
	late := time.AfterFunc(5*time.Second, func() { r.cmd.Process.Kill() })
	defer late.Stop()
	io.Copy(io.Discard, r.out)
	r.cmd.Wait()
}

// answers is the other end: it reads commands of the given kind from standard
// input until that ends, and writes what do returns for each.
func answers[C any](do func(C) (any, error)) error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 8<<20)
	for in.Scan() {
		var c C
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			return err
		}
		a, err := do(c)
		if err != nil {
			a = map[string]string{"fault": err.Error()}
		}
		if err := say(a); err != nil {
			return err
		}
	}
	return in.Err()
}

// say writes one answer.
func say(a any) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(raw, '\n'))
	return err
}
