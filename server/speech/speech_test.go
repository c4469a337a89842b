package speech

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"aufruf/server/words"
)

func catalogue(t *testing.T) *words.Catalogue {
	t.Helper()
	c, err := words.Load(os.DirFS("../../display/words"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNumbersAreSpokenAsTheLanguageDoes(t *testing.T) {
	for _, tc := range []struct{ lang, number, want string }{
		{"de", "A001", "letter-a number-1"},
		{"de", "A017", "letter-a number-17"},
		{"de", "B100", "letter-b number-100"},
		{"de", "B117", "letter-b number-100 number-17"},
		{"de", "Z999", "letter-z number-900 number-99"},
		{"de", "C1000", "letter-c number-1000"},
		{"de", "C1003", "letter-c number-1000 number-3"},
		{"de", "C1117", "letter-c number-1000 number-100 number-17"},
		{"en", "A017", "letter-a number-17"},
		{"en", "B200", "letter-b number-200"},
		{"en", "B117", "letter-b number-100 and number-17"},
		{"en", "C1003", "letter-c number-1000 and number-3"},
		{"en", "C1117", "letter-c number-1000 number-100 and number-17"},
		{"en", "C1100", "letter-c number-1000 number-100"},
		{"ar", "A017", "letter-a number-17"},
		{"ar", "B117", "letter-b number-100 and number-17"},
		{"ar", "C1100", "letter-c number-1000 and number-100"},
		{"ar", "C1117", "letter-c number-1000 and number-100 and number-17"},
	} {
		want := []string{tc.lang + "/call"}
		for name := range strings.FieldsSeq(tc.want) {
			want = append(want, tc.lang+"/"+name)
		}
		want = append(want, tc.lang+"/"+placeName("Platz 3"))
		if got := Plan(tc.lang, tc.number, "Platz 3"); !slices.Equal(got, want) {
			t.Errorf("%s %s: %v, want %v", tc.lang, tc.number, got, want)
		}
	}
}

func TestWhatIsNoNumberIsNotSpoken(t *testing.T) {
	for _, number := range []string{"", "A", "A0", "A000", "17", "a017", "A10000", "A-17", "A+17", "AB17", "Ä17", "A 17", "A1e2"} {
		if got := Plan("de", number, "Platz 3"); got != nil {
			t.Errorf("%q: %v", number, got)
		}
	}
}

func TestEveryNumberFindsAllItsClips(t *testing.T) {
	c := catalogue(t)
	for _, lang := range []string{"de", "en", "ar"} {
		there := map[string]bool{}
		for _, b := range blocks(lang, []string{"Platz 3"}, c) {
			if there[lang+"/"+b.name] || b.text == "" {
				t.Errorf("%s: %+v is there twice or empty", lang, b)
			}
			there[lang+"/"+b.name] = true
		}
		for n := 1; n <= mostSpoken; n++ {
			number := "K" + strings.Repeat("0", max(0, 3-digits(n))) + itoa(n)
			plan := Plan(lang, number, "Platz 3")
			if len(plan) < 4 {
				t.Fatalf("%s %s: %v", lang, number, plan)
			}
			for _, clip := range plan {
				if !there[clip] {
					t.Fatalf("%s %s wants %s, which nobody renders", lang, number, clip)
				}
			}
		}
	}
}

func TestRealVoiceSpeaksEveryLanguage(t *testing.T) {
	langs := []string{"de", "en", "ar"}
	// Few clips of each kind; the whole set is the same code for minutes.
	s := New(Options{
		Dir: t.TempDir(), Languages: langs, Words: catalogue(t), Log: slog.New(slog.DiscardHandler),
		Places: map[string][]string{"de": {"Platz 3", "-v en"}, "en": {"desk 3"}, "ar": {"المكتب 3"}},
	})
	for _, lang := range langs {
		s.blocks[lang] = slices.DeleteFunc(s.blocks[lang], func(b block) bool {
			kept := []string{"call", "and", "letter-a", "letter-w", "number-1", "number-17", "number-900", "number-1000"}
			return !slices.Contains(kept, b.name) && !strings.HasPrefix(b.name, "place-")
		})
	}
	s.Start(t.Context())
	s.Wait()
	for _, lang := range langs {
		if st := s.Status(lang); !st.Ready || st.Reason != "" || st.Done != len(s.blocks[lang]) {
			t.Fatalf("%s: %+v", lang, st)
		}
		for _, b := range s.blocks[lang] {
			path, err := s.Path(lang + "/" + b.name)
			if err != nil {
				t.Errorf("%s/%s: %v", lang, b.name, err)
				continue
			}
			wav, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			samples, rate, err := decode(wav)
			if err != nil {
				t.Errorf("%s/%s: %v", lang, b.name, err)
				continue
			}
			seconds := float64(len(samples)) / float64(rate)
			if seconds < 0.08 || seconds > 4 {
				t.Errorf("%s/%s lasts %.2f s", lang, b.name, seconds)
			}
			if level, loudest := levels(samples); level < 0.03 || loudest < 0.75 || loudest > 0.81 {
				t.Errorf("%s/%s: level %.3f, peak %.3f", lang, b.name, level, loudest)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*", "*.[rn]*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMissingProgramIsSaidAndNothingIsReady(t *testing.T) {
	s := New(Options{Dir: t.TempDir(), Command: "no-such-voice {text}", Languages: []string{"de"}, Words: catalogue(t), Log: slog.New(slog.DiscardHandler)})
	s.Start(t.Context())
	s.Wait()
	if st := s.Status("de"); st.Ready || st.Reason != "speech.no_program" {
		t.Errorf("%+v", st)
	}
	if s.Ready("fr") || s.Status("fr").Reason != "speech.no_language" {
		t.Error("a language nobody asked for")
	}
	for _, lang := range []string{"de", "en", "ar"} {
		for _, reason := range []string{"speech.no_program", "speech.failed", "speech.rendering", "speech.no_language"} {
			if !catalogue(t).Has(lang, reason) {
				t.Errorf("%s has no words for %s", lang, reason)
			}
		}
	}
}

// voice writes a program that renders as espeak-ng does and logs its texts.
func voice(t *testing.T, script string) (command, log string) {
	t.Helper()
	dir := t.TempDir()
	sound := make([]int16, 8000)
	for i := range sound {
		sound[i] = int16(9000 * math.Sin(float64(i)/5))
	}
	if err := os.WriteFile(filepath.Join(dir, "sound.wav"), encode(sound, 22050), 0o644); err != nil {
		t.Fatal(err)
	}
	program, log := filepath.Join(dir, "voice"), filepath.Join(dir, "log")
	text := "#!/bin/sh\necho \"$3\" >> " + log + "\n" + script + "\ncp " + dir + "/sound.wav \"$2\"\n"
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return program + " {lang} {file} {text}", log
}

func rendered(t *testing.T, log string) int {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

func small(t *testing.T, dir, command string, places ...string) *Speech {
	t.Helper()
	s := New(Options{
		Dir: dir, Command: command, Languages: []string{"de"}, Words: catalogue(t),
		Places: map[string][]string{"de": places}, Log: slog.New(slog.DiscardHandler),
	})
	s.blocks["de"] = slices.DeleteFunc(s.blocks["de"], func(b block) bool {
		return strings.HasPrefix(b.name, "number-") || strings.HasPrefix(b.name, "letter-")
	})
	return s
}

func run(t *testing.T, s *Speech) Status {
	t.Helper()
	s.Start(t.Context())
	s.Wait()
	return s.Status("de")
}

func TestSecondStartRendersOnlyWhatIsMissing(t *testing.T) {
	command, log := voice(t, "")
	dir := t.TempDir()
	if st := run(t, small(t, dir, command, "Platz 1", "Platz 2", "Platz 1")); !st.Ready || rendered(t, log) != 4 {
		t.Fatalf("%+v, rendered %d, want 4", st, rendered(t, log))
	}
	run(t, small(t, dir, command, "Platz 1", "Platz 2"))
	if n := rendered(t, log); n != 4 {
		t.Errorf("nothing changed and %d more were rendered", n-4)
	}
	s := small(t, dir, command, "Platz 1", "Zimmer 12")
	run(t, s)
	if n := rendered(t, log); n != 5 {
		t.Errorf("one new place rendered %d clips", n-4)
	}
	if _, err := os.Stat(filepath.Join(dir, "de", placeName("Platz 2")+".wav")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the place that is gone still has its clip: %v", err)
	}
	// A clip cut off by a power failure is made anew.
	os.WriteFile(filepath.Join(dir, "de", "call.wav"), nil, 0o644)
	run(t, small(t, dir, command, "Platz 1", "Zimmer 12"))
	if n := rendered(t, log); n != 6 {
		t.Errorf("an empty clip led to %d renderings", n-5)
	}
}

func TestAnotherVoiceRendersAllAnew(t *testing.T) {
	first, _ := voice(t, "")
	second, log := voice(t, "")
	dir := t.TempDir()
	run(t, small(t, dir, first, "Platz 1"))
	if st := run(t, small(t, dir, second, "Platz 1")); !st.Ready || rendered(t, log) != 3 {
		t.Errorf("%+v, rendered %d, want 3", st, rendered(t, log))
	}
}

func TestFailureInTheMiddleIsResumed(t *testing.T) {
	command, log := voice(t, `[ "$(wc -l < "`+"$(dirname $0)"+`/log")" = 2 ] && exit 1`)
	dir := t.TempDir()
	s := small(t, dir, command, "Platz 1")
	if st := run(t, s); st.Ready || st.Reason != "speech.failed" || st.Done != 1 {
		t.Errorf("%+v, want failed after 1", st)
	}
	if _, err := s.Path("de/and"); !errors.Is(err, ErrNoClip) {
		t.Errorf("the failed clip: %v", err)
	}
	if st := run(t, small(t, dir, command, "Platz 1")); !st.Ready || rendered(t, log) != 4 {
		t.Errorf("%+v, rendered %d, want 4", st, rendered(t, log))
	}
}

func TestEndingContextEndsRendering(t *testing.T) {
	command, log := voice(t, "sleep 60")
	s := small(t, t.TempDir(), command)
	ctx, cancel := context.WithCancel(t.Context())
	s.Start(ctx)
	for rendered(t, log) == 0 { // until the program runs
		runtime.Gosched()
	}
	cancel()
	s.Wait()
	if s.Ready("de") {
		t.Error("ready without rendering")
	}
}

func TestOnlyOwnClipsHaveAPath(t *testing.T) {
	command, _ := voice(t, "")
	s := small(t, t.TempDir(), command)
	run(t, s)
	for _, clip := range []string{"", "de", "de/", "de/voice", "../de/call", "de/../de/call", "/etc/passwd", "de/call.wav", "en/call", "de/call\x00"} {
		if path, err := s.Path(clip); !errors.Is(err, ErrNoClip) {
			t.Errorf("%q leads to %s, %v", clip, path, err)
		}
	}
	if _, err := s.Path("de/call"); err != nil {
		t.Error(err)
	}
}

func levels(samples []int16) (mean, loudest float64) {
	for _, s := range samples {
		v := float64(s) / math.MaxInt16
		mean += v * v
		loudest = max(loudest, math.Abs(v))
	}
	return math.Sqrt(mean / float64(len(samples))), loudest
}

func digits(n int) int { return len(itoa(n)) }
