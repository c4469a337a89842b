package speech

import (
	"encoding/binary"
	"math"
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// tone is silence, a sine of the given height, silence; a second each.
func tone(height float64, rate int) []int16 {
	samples := make([]int16, 3*rate)
	for i := rate; i < 2*rate; i++ {
		samples[i] = int16(height * math.MaxInt16 * math.Sin(float64(i)/7))
	}
	return samples
}

func TestSilenceIsCutAndThePeakLevelled(t *testing.T) {
	for _, height := range []float64{0.05, 0.5, 1} {
		clip, err := tidy(encode(tone(height, 22050), 22050))
		if err != nil {
			t.Fatal(err)
		}
		samples, rate, err := decode(clip)
		if err != nil || rate != 22050 {
			t.Fatal(rate, err)
		}
		if seconds := float64(len(samples)) / 22050; seconds < 1 || seconds > 1.1 {
			t.Errorf("height %g: %.3f s are left of 1 s of sound", height, seconds)
		}
		if _, loudest := levels(samples); math.Abs(loudest-peak) > 0.01 {
			t.Errorf("height %g: peak %.3f", height, loudest)
		}
		if samples[0] != 0 || samples[len(samples)-1] != 0 {
			t.Errorf("height %g: the ends click: %d, %d", height, samples[0], samples[len(samples)-1])
		}
	}
}

func TestWhatIsNoSoundIsRefused(t *testing.T) {
	good := encode(tone(0.5, 22050), 22050)
	change := func(at int, value byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = value
		return b
	}
	for what, wav := range map[string][]byte{
		"nothing":        nil,
		"text":           []byte("espeak-ng: no such voice, and some more text here"),
		"a header alone": good[:12],
		"no samples":     good[:36],
		"silence":        encode(make([]int16, 22050), 22050),
		"stereo":         change(22, 2),
		"8 bit":          change(34, 8),
		"floats":         change(20, 3),
		"short format":   change(16, 4),
		"a rate of 34":   append(append(append([]byte(nil), good[:24]...), 34, 0, 0, 0), good[28:]...),
	} {
		if _, err := tidy(wav); err == nil {
			t.Errorf("%s is taken for a clip", what)
		}
	}
}

func TestSizeOfAPipeMeansToTheEnd(t *testing.T) {
	wav := encode(tone(0.5, 22050), 22050)
	binary.LittleEndian.PutUint32(wav[4:], 0xffffffff)
	binary.LittleEndian.PutUint32(wav[40:], 0x7ffff000)
	if _, err := tidy(wav); err != nil {
		t.Error(err)
	}
}

func FuzzTidy(f *testing.F) {
	f.Add(encode(tone(0.5, 8000)[:9000], 8000))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x03\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, wav []byte) {
		clip, err := tidy(wav)
		if err != nil {
			return
		}
		if _, _, err := decode(clip); err != nil {
			t.Errorf("our own clip does not read: %v", err)
		}
	})
}
