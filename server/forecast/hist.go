package forecast

import "math"

// Hist is a histogram whose old entries fade: of lengths of time in steps of a
// fourth of an octave from one second to some ten hours, with a bin of its own
// for less than a second.
type Hist struct {
	W [histBins]float64 `json:"w"`
}

const (
	histBins  = 62
	histSteps = 4 // bins an octave
)

// edge is where a bin begins, in nanoseconds.
func edge(bin int) float64 {
	if bin <= 0 {
		return 0
	}
	return float64(second) * math.Exp2(float64(bin-1)/histSteps)
}

var histEdges = func() (e [histBins + 1]float64) {
	for i := range e {
		e[i] = edge(i)
	}
	return e
}()

func (h *Hist) add(d int64, weight float64) {
	bin := 0
	for bin+1 < histBins && float64(d) >= histEdges[bin+1] {
		bin++
	}
	h.W[bin] += weight
}

func (h *Hist) fade(by float64) {
	for i := range h.W {
		h.W[i] = float64(h.W[i] * by)
	}
}

// Total is the weight of all entries.
func (h *Hist) Total() float64 {
	n := 0.0
	for _, w := range h.W {
		n += w
	}
	return n
}

// table is the distribution of the histogram and a prior of some weight
// together.
func (h *Hist) table(prior *Hist, weight float64) *Table {
	var w [histBins]float64
	scale := weight / prior.Total()
	total := 0.0
	for i := range w {
		w[i] = h.W[i] + float64(prior.W[i]*scale)
		total += w[i]
	}
	return quantiles(w[:], histEdges[:], total)
}

// quantiles reads the middles of the strata off weighted bins, entries being
// spread evenly in each.
func quantiles(w, edges []float64, total float64) *Table {
	var t Table
	bin, below := 0, 0.0
	for k := range t {
		want := float64(level(uint8(k)) * total)
		for bin+1 < len(w) && below+w[bin] < want {
			below += w[bin]
			bin++
		}
		in := 0.0
		if w[bin] > 0 {
			in = min(1, (want-below)/w[bin])
		}
		t[k] = int64(edges[bin] + float64((edges[bin+1]-edges[bin])*in))
	}
	return &t
}

// shape is a histogram filled with a mixture of lognormals, for priors.
func shape(parts ...lognormalPart) *Hist {
	h := new(Hist)
	for _, p := range parts {
		for k := range Paths {
			h.add(int64(float64(p.median)*math.Exp(float64(p.sigma*normals[k]))), p.weight/Paths)
		}
	}
	return h
}

type lognormalPart struct {
	median int64
	sigma  float64
	weight float64
}

// Offsets is a fading histogram of arrival less appointment, by the minute
// from an hour early to two hours late.
type Offsets struct {
	W [offsetBins]float64 `json:"w"`
}

const (
	offsetBins = 180
	offsetFrom = -60 // minutes
)

var offsetEdges = func() (e [offsetBins + 1]float64) {
	for i := range e {
		e[i] = float64(int64(offsetFrom+i) * minute)
	}
	return e
}()

func (o *Offsets) add(d int64, weight float64) {
	bin := int(math.Floor(float64(d)/float64(minute))) - offsetFrom
	o.W[min(max(bin, 0), offsetBins-1)] += weight
}

func (o *Offsets) fade(by float64) {
	for i := range o.W {
		o.W[i] = float64(o.W[i] * by)
	}
}

func (o *Offsets) table(prior *Offsets, weight float64) *Table {
	var w [offsetBins]float64
	n := 0.0
	for _, x := range prior.W {
		n += x
	}
	total := 0.0
	for i := range w {
		w[i] = o.W[i] + float64(prior.W[i]*float64(weight/n))
		total += w[i]
	}
	return quantiles(w[:], offsetEdges[:], total)
}
