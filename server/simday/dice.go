package simday

import "math/rand/v2"

// dice draw for one purpose. Each visitor and each desk has dice of its own,
// so that one more or less changes nobody else's day.
type dice struct{ r *rand.Rand }

// purposes keep the dice of different things apart.
const (
	forOffice uint64 = iota + 1
	forCrowd
	forVisitor
	forDesk
	forNames
)

// roll makes dice from a seed and a path of figures.
func roll(seed uint64, path ...uint64) *dice {
	a, b := seed, uint64(0x6175667275662121)
	for _, p := range path {
		a = mix(a ^ mix(p+0x9e3779b97f4a7c15))
		b = mix(b + a)
	}
	return &dice{rand.New(rand.NewPCG(a, b))}
}

// mix is the finisher of splitmix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// seedOf makes a seed from a name.
func seedOf(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return h
}

func (d *dice) uniform() float64      { return d.r.Float64() }
func (d *dice) normal() float64       { return d.r.NormFloat64() }
func (d *dice) exp() float64          { return d.r.ExpFloat64() }
func (d *dice) chance(p float64) bool { return d.r.Float64() < p }
func (d *dice) perm(n int) []int      { return d.r.Perm(n) }
