package yardstick

import (
	"cmp"
	"fmt"
	"slices"
)

// calibration plots, over all scenarios, how many truths lay at or below each
// told level: a system that means what it says runs along the diagonal.
func (sh *Sheet) calibration() string {
	const size, left, top = 400.0, 58.0, 40.0
	p := &picture{width: left + size + 220, height: top + size + 56}
	x := func(v float64) float64 { return left + size*v }
	y := func(v float64) float64 { return top + size*(1-v) }
	title := "What was told and what came: " + sh.Title
	p.text(8, 20, "title", title)
	for v := 0.0; v <= 1.001; v += .1 {
		p.line(x(0), y(v), x(1), y(v), "rule")
		p.text(x(0)-8, y(v)+4, "soft right", fmt.Sprintf("%.0f", 100*v))
	}
	for _, v := range Levels {
		p.line(x(v), y(0), x(v), y(1), "rule")
		p.text(x(v), y(0)+18, "soft middle", fmt.Sprintf("p%.0f", 100*v))
	}
	p.text(left+size/2, y(0)+40, "soft middle", "told level; on the vertical: % of the true waits at or below it")
	p.line(x(0), y(0), x(1), y(1), "axis")
	type end struct {
		system string
		y      float64
	}
	var ends []end
	row := sh.rows()[0]
	for _, system := range sh.series() {
		e := sh.At(row, system)
		if e == nil || e.Under[1] == 0 { // only some levels were published
			continue
		}
		class, shape := sh.look(system)
		var points [][2]float64
		for i, v := range Levels {
			points = append(points, [2]float64{x(v), y(e.Under[i])})
		}
		p.path(points, "line "+class)
		for i, q := range points {
			p.mark(q[0], q[1], shape, class, fmt.Sprintf("%s: p%.0f, %.1f %%", system, 100*Levels[i], 100*e.Under[i]))
		}
		ends = append(ends, end{system, points[len(points)-1][1]})
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.y, b.y) })
	below := 0.0
	for _, e := range ends {
		at := max(e.y, below+15)
		below = at
		class, _ := sh.look(e.system)
		p.path([][2]float64{{x(Levels[3]) + 7, e.y}, {x(1) + 8, at}}, "leader "+class)
		p.text(x(1)+12, at+4, "strong "+class, e.system)
	}
	return p.String(title, "Share of the true waits at or below each told level, over all scenarios. The diagonal means what it says.")
}
