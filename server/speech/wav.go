package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

const (
	headerSize = 44
	peak       = 0.8   // of full scale, for every clip, so that none shouts
	quiet      = 0.02  // of the clip's own peak: below is silence at its ends
	silent     = 0.005 // of full scale: a clip that never exceeds it says nothing
	before     = 0.015 // s kept ahead of the first sound
	after      = 0.06  // s kept behind the last
	fade       = 0.005 // s at both ends, against clicks
)

// tidy takes a WAV file of 16 bit mono samples, cuts the silence at both ends,
// brings its peak to the common level and gives a WAV file back.
func tidy(wav []byte) ([]byte, error) {
	samples, rate, err := decode(wav)
	if err != nil {
		return nil, err
	}
	var loudest float64
	for _, s := range samples {
		loudest = max(loudest, math.Abs(float64(s)))
	}
	if loudest < silent*math.MaxInt16 {
		return nil, errors.New("the clip is silent")
	}
	first, last := -1, 0
	for i, s := range samples {
		if math.Abs(float64(s)) >= quiet*loudest {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	from := max(0, first-int(before*float64(rate)))
	to := min(len(samples), last+1+int(after*float64(rate)))
	samples = samples[from:to]
	ramp := min(int(fade*float64(rate)), len(samples)/2)
	gain := peak * math.MaxInt16 / loudest
	for i := range samples {
		edge := 1.0
		if near := min(i, len(samples)-1-i); near < ramp {
			edge = float64(near) / float64(ramp)
		}
		samples[i] = int16(math.Round(float64(samples[i]) * gain * edge))
	}
	return encode(samples, rate), nil
}

// decode reads the chunks of a WAV file. A size that says more than is there
// means "to the end": programs that write to a pipe cannot know it.
func decode(wav []byte) (samples []int16, rate int, err error) {
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		return nil, 0, errors.New("not a WAV file")
	}
	for rest := wav[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		if size < int64(len(body)) {
			body = body[:size]
		}
		switch name {
		case "fmt ":
			if len(body) < 16 {
				return nil, 0, errors.New("a WAV file without its format")
			}
			kind, channels, bits := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[2:]), binary.LittleEndian.Uint16(body[14:])
			if kind != 1 || channels != 1 || bits != 16 {
				return nil, 0, fmt.Errorf("a WAV file of kind %d, %d channels, %d bits; wanted 1, 1, 16", kind, channels, bits)
			}
			rate = int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			if rate < 8000 || rate > 192000 {
				return nil, 0, fmt.Errorf("a WAV file with %d samples a second", rate)
			}
			samples = make([]int16, len(body)/2)
			for i := range samples {
				samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return samples, rate, nil
		}
		rest = rest[8+len(body):]
		if size%2 == 1 && len(rest) > 0 {
			rest = rest[1:] // Chunks begin at even places.
		}
	}
	return nil, 0, errors.New("a WAV file without sound")
}

func encode(samples []int16, rate int) []byte {
	var out bytes.Buffer
	size := uint32(2 * len(samples))
	out.WriteString("RIFF")
	binary.Write(&out, binary.LittleEndian, headerSize-8+size)
	out.WriteString("WAVEfmt ")
	binary.Write(&out, binary.LittleEndian, []uint32{16, 1 | 1<<16, uint32(rate), uint32(2 * rate), 2 | 16<<16})
	out.WriteString("data")
	binary.Write(&out, binary.LittleEndian, size)
	binary.Write(&out, binary.LittleEndian, samples)
	return out.Bytes()
}
