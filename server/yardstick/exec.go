package yardstick

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"aufruf/server/exchange"
)

// Program is a system outside: lines go to its standard input, and one line is
// read from its standard output for each predict. What it says on standard
// error is passed on.
type Program struct {
	name string
	cmd  *exec.Cmd
	pipe io.WriteCloser
	in   *bufio.Writer
	out  *bufio.Reader
	err  error
}

// StartProgram starts a command, words parted by spaces.
func StartProgram(command string) (*Program, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil, errors.New("no command")
	}
	p := &Program{name: words[0], cmd: exec.Command(words[0], words[1:]...)}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.pipe, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	p.in, p.out = bufio.NewWriterSize(p.pipe, 1<<16), bufio.NewReaderSize(out, 1<<16)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return p, nil
}

// Take implements System. After an error it answers nothing; Close tells it.
func (p *Program) Take(l *exchange.Line) *exchange.Answer {
	if p.err != nil {
		return nil
	}
	if p.err = exchange.Write(p.in, l); p.err != nil || l.Ev != exchange.EvPredict {
		return nil
	}
	if p.err = p.in.Flush(); p.err != nil {
		return nil
	}
	raw, err := p.out.ReadBytes('\n')
	if err != nil {
		p.err = fmt.Errorf("no answer to predict %d: %w", l.ID, err)
		return nil
	}
	var a exchange.Answer
	if err := json.Unmarshal(raw, &a); err != nil {
		p.err = fmt.Errorf("answer to predict %d: %w", l.ID, err)
		return nil
	}
	return &a
}

// Close ends the input, waits for the program and returns what went wrong.
func (p *Program) Close() error {
	err := errors.Join(p.err, p.in.Flush(), p.pipe.Close())
	rest, _ := io.Copy(io.Discard, p.out)
	if rest > 0 && err == nil {
		err = fmt.Errorf("%d bytes too many on its output", rest)
	}
	if e := p.cmd.Wait(); e != nil {
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}
