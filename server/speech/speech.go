// Package speech makes the spoken announcements from building blocks: letters,
// numbers, "Nummer" and "bitte zu Platz 3", each a small WAV file, rendered
// once in the house by a program such as espeak-ng. Nothing is sent anywhere.
// Which blocks make an announcement, Plan says; a browser plays them in order.
//
// Without that program the rest of the house works the same: boards have the
// gong alone, and Status says why.
package speech

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"aufruf/server/words"
)

// DefaultCommand renders with espeak-ng, a little slower than it speaks by
// itself. After "--" no text can be taken for an option.
const DefaultCommand = "espeak-ng -v {lang} -s 140 -w {file} -- {text}"

const (
	renderWithin = 30 * time.Second // espeak-ng takes a tenth of a second; this is a program that hangs
	tellEvery    = 50               // clips between two lines in the log
	edition      = "1"              // to be raised when trimming or levels change
)

// ErrNoClip says that there is no such clip, or not yet.
var ErrNoClip = errors.New("no such clip")

// Options says where clips lie and what they must be able to say.
type Options struct {
	Dir       string              // clips lie in <Dir>/<language>/<block>.wav
	Command   string              // see DefaultCommand; "" takes it. Split at spaces, no shell.
	Languages []string            // rendered in this order
	Places    map[string][]string // per language the places' texts, such as "Platz 3"
	Words     *words.Catalogue
	Log       *slog.Logger // nil: slog.Default
}

// Status is how far a language has come. Reason is the key of a text to show
// while it is not ready, "" when it is.
type Status struct {
	Ready       bool
	Done, Total int
	Reason      string
}

// Speech renders clips and knows which are there. All methods may be called
// from many goroutines.
type Speech struct {
	dir     string
	command []string
	langs   []string
	blocks  map[string][]block // per language
	log     *slog.Logger
	ended   sync.WaitGroup

	mu     sync.Mutex
	status map[string]Status
	known  map[string]bool // clip, whether it is there
}

// New plans the clips and looks at nothing on disk yet.
func New(o Options) *Speech {
	s := &Speech{
		dir: o.Dir, command: strings.Fields(o.Command), langs: slices.Clone(o.Languages), log: o.Log,
		blocks: map[string][]block{}, status: map[string]Status{}, known: map[string]bool{},
	}
	if len(s.command) == 0 {
		s.command = strings.Fields(DefaultCommand)
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	for _, lang := range s.langs {
		s.blocks[lang] = blocks(lang, o.Places[lang], o.Words)
		s.status[lang] = Status{Total: len(s.blocks[lang]), Reason: "speech.rendering"}
		for _, b := range s.blocks[lang] {
			s.known[lang+"/"+b.name] = false
		}
	}
	return s
}

// Start renders what is missing, in the background and with low priority,
// until all is there or ctx ends; Wait returns after that. It is called once.
// Killed in the middle, the next Start goes on where this one was.
func (s *Speech) Start(ctx context.Context) {
	s.ended.Add(1)
	go func() {
		defer s.ended.Done()
		for _, lang := range s.langs {
			err := s.renderLanguage(ctx, lang)
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, exec.ErrNotFound):
				s.note(lang, func(st *Status) { st.Reason = "speech.no_program" })
				s.log.Warn("no speech: the program is not installed", "program", s.command[0], "lang", lang)
			case err != nil:
				s.note(lang, func(st *Status) { st.Reason = "speech.failed" })
				s.log.Error("no speech", "lang", lang, "err", err)
			default:
				s.note(lang, func(st *Status) { st.Ready, st.Reason = true, "" })
				s.log.Info("speech is ready", "lang", lang, "clips", len(s.blocks[lang]))
			}
		}
	}()
}

// Wait returns when what Start began has ended.
func (s *Speech) Wait() { s.ended.Wait() }

// Ready says whether every announcement can be made in the language.
func (s *Speech) Ready(lang string) bool { return s.Status(lang).Ready }

// Status tells how far a language is; a language not asked for in Options is
// never ready.
func (s *Speech) Status(lang string) Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.status[lang]; ok {
		return st
	}
	return Status{Reason: "speech.no_language"}
}

// Path is the file of a clip that Plan named, or ErrNoClip. Only names that
// this house renders lead to a file, whatever else is asked for.
func (s *Speech) Path(clip string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known[clip] {
		return "", fmt.Errorf("speech clip: %w", ErrNoClip)
	}
	return filepath.Join(s.dir, filepath.FromSlash(clip)+".wav"), nil
}

func (s *Speech) note(lang string, change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.status[lang]
	change(&st)
	s.status[lang] = st
}

func (s *Speech) renderLanguage(ctx context.Context, lang string) error {
	dir := filepath.Join(s.dir, lang)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make speech folder: %w", err)
	}
	if err := s.clearStale(dir, lang); err != nil {
		return fmt.Errorf("tidy speech folder: %w", err)
	}
	for i, b := range s.blocks[lang] {
		file := filepath.Join(dir, b.name+".wav")
		if info, err := os.Stat(file); err != nil || info.Size() <= headerSize {
			if err := s.render(ctx, lang, b.text, file); err != nil {
				return fmt.Errorf("render clip %s/%s: %w", lang, b.name, err)
			}
		}
		s.mu.Lock()
		s.known[lang+"/"+b.name] = true
		s.mu.Unlock()
		s.note(lang, func(st *Status) { st.Done = i + 1 })
		if (i+1)%tellEvery == 0 {
			s.log.Info("rendering speech", "lang", lang, "done", i+1, "of", len(s.blocks[lang]))
		}
	}
	return nil
}

// clearStale removes clips of another voice, and what no announcement needs
// any more. The voice's mark is written after the old clips are gone, so that a
// kill in between only clears again.
func (s *Speech) clearStale(dir, lang string) error {
	sum := sha256.New()
	fmt.Fprintln(sum, edition, s.command)
	wanted := map[string]bool{"voice": true}
	for _, b := range s.blocks[lang] {
		wanted[b.name+".wav"] = true
		fmt.Fprintln(sum, b.fixed())
	}
	voice := []byte(hex.EncodeToString(sum.Sum(nil)) + "\n")
	mark := filepath.Join(dir, "voice")
	before, err := os.ReadFile(mark)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	same := bytes.Equal(before, voice)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !wanted[e.Name()] || !same && e.Name() != "voice" {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if same {
		return nil
	}
	return os.WriteFile(mark, voice, 0o644)
}

// render makes one clip beside its place and moves it there whole.
func (s *Speech) render(ctx context.Context, lang, text, file string) error {
	ctx, cancel := context.WithTimeout(ctx, renderWithin)
	defer cancel()
	raw := file + ".raw"
	defer os.Remove(raw)
	args := make([]string, len(s.command))
	for i, arg := range s.command {
		args[i] = strings.NewReplacer("{lang}", lang, "{file}", raw, "{text}", text).Replace(arg)
	}
	program, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	args[0] = program
	if nice, err := exec.LookPath("nice"); err == nil {
		args = append([]string{nice, "-n", "19"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.WaitDelay = time.Second // a child of the program may hold its output open
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, firstLine(out))
	}
	wav, err := os.ReadFile(raw)
	if err != nil {
		return fmt.Errorf("%s made no file: %w", program, err)
	}
	clip, err := tidy(wav)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	whole := file + ".new"
	if err := os.WriteFile(whole, clip, 0o644); err != nil {
		return err
	}
	return os.Rename(whole, file)
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
