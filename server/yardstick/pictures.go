package yardstick

import (
	"cmp"
	"fmt"
	"slices"
)

// dots is a plot of one figure: a row for each scenario, a mark for each
// system, its names above the first row.
type dots struct {
	title, about, axis string
	low, high, step    float64
	format             string
	bands              []band
	of                 func(*Entry) (float64, bool)
}

type band struct {
	from, to float64
	class    string
}

const (
	rowHeight = 21.0
	leftEdge  = 118.0
	plotWidth = 600.0
	topEdge   = 98.0
)

// series are the systems in the order in which they are drawn: ours last, so
// that it lies on top.
func (sh *Sheet) series() []string {
	names := slices.Clone(sh.Systems)
	for _, e := range sh.Entries {
		if !slices.Contains(names, e.System) {
			names = append(names, e.System)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(b2i(a == sh.Ours), b2i(b == sh.Ours)) })
	return names
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// look is the class and shape of a system.
func (sh *Sheet) look(system string) (class string, shape int) {
	i := 0
	for _, name := range sh.series() {
		limit := slices.ContainsFunc(sh.Entries, func(e Entry) bool { return e.System == name && e.Limit })
		switch {
		case name == system && name == sh.Ours:
			return "ours", 0
		case name == system && limit:
			return "limit", 5
		case name == system:
			return fmt.Sprintf("s%d", i%5), 1 + i%4
		case !limit:
			i++
		}
	}
	return "s4", 1
}

// rows are the scenarios, the pooled one first.
func (sh *Sheet) rows() []string {
	rows := sh.Scenarios
	if len(rows) > 1 {
		rows = append([]string{Pooled}, rows...)
	}
	return rows
}

// draw draws the plot of a sheet.
func (d dots) draw(sh *Sheet) string {
	rows := sh.rows()
	p := &picture{width: leftEdge + plotWidth + 60, height: topEdge + rowHeight*float64(len(rows)) + 46}
	bottom := topEdge + rowHeight*float64(len(rows)) + 4
	x := func(v float64) float64 { return leftEdge + plotWidth*(v-d.low)/(d.high-d.low) }
	p.text(8, 20, "title", d.title)
	for _, b := range d.bands {
		p.rect(x(b.from), topEdge-12, x(b.to)-x(b.from), bottom-topEdge+12, b.class)
	}
	for v := d.low; v <= d.high+1e-9; v += d.step {
		p.line(x(v), topEdge-12, x(v), bottom, "rule")
		p.text(x(v), bottom+16, "soft middle", fmt.Sprintf(d.format, v))
	}
	p.text(leftEdge+plotWidth/2, bottom+34, "soft middle", d.axis)
	for i, row := range rows {
		y := topEdge + rowHeight*(float64(i)+.5)
		class := "right"
		if row == Pooled {
			class = "right strong"
		}
		p.text(leftEdge-12, y+4, class, row)
		p.line(leftEdge, y, leftEdge+plotWidth, y, "rule")
	}
	d.names(p, sh, x)
	for i, row := range rows {
		d.row(p, sh, row, topEdge+rowHeight*(float64(i)+.5), x)
	}
	return p.String(d.title, d.about)
}

// row draws the marks of one scenario. What lies beyond the edge stands on it
// with its figure.
func (d dots) row(p *picture, sh *Sheet, row string, y float64, x func(float64) float64) {
	for _, system := range sh.series() {
		e := sh.At(row, system)
		if e == nil {
			continue
		}
		v, ok := d.of(e)
		if !ok {
			continue
		}
		class, shape := sh.look(system)
		at := min(max(v, d.low), d.high)
		p.mark(x(at), y, shape, class, fmt.Sprintf("%s, %s: "+d.format, row, system, v))
		if at < v && system == sh.Ours {
			p.text(x(at)+10, y+4, "soft", fmt.Sprintf(d.format, v))
		}
	}
}

// names writes each system's name above its mark of the first row, moved apart
// where they would touch, with a line to the mark.
func (d dots) names(p *picture, sh *Sheet, x func(float64) float64) {
	type label struct {
		system string
		at     float64
	}
	var labels []label
	for _, system := range sh.series() {
		if e := sh.At(sh.rows()[0], system); e != nil {
			if v, ok := d.of(e); ok {
				labels = append(labels, label{system, x(min(max(v, d.low), d.high))})
			}
		}
	}
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.at, b.at) })
	lanes := [3]float64{-1e9, -1e9, -1e9} // right ends
	for _, l := range labels {
		half := textWidth(l.system)/2 + 5
		lane := slices.IndexFunc(lanes[:], func(end float64) bool { return end+half <= l.at })
		if lane < 0 {
			lane = slices.Index(lanes[:], slices.Min(lanes[:]))
		}
		at := min(max(l.at, lanes[lane]+half), p.width-half)
		lanes[lane] = at + half
		y := 42 + 16*float64(lane)
		class, _ := sh.look(l.system)
		p.path([][2]float64{{at, y + 4}, {l.at, topEdge - 8}, {l.at, topEdge + rowHeight/2 - 5}}, "leader "+class)
		p.text(at, y, "middle strong "+class, l.system)
	}
}

// Pictures are the plots of a sheet by file name without ending.
func (sh *Sheet) Pictures() map[string]string {
	all := map[string]string{"calibration": sh.calibration()}
	plots := map[string]dots{
		"mae": {title: "Error of the median against the oracle's: " + sh.Title, about: "Mean absolute error of each system over that of the oracle, by scenario; 1 is the limit.",
			axis: "MAE over the oracle's (1 = limit)", low: .8, high: 3, step: .2, format: "%.1f", bands: []band{{.8, 1.1, "band"}, {1.1, 1.25, "wide"}},
			of: func(e *Entry) (float64, bool) { return e.MAERatio, e.MAERatio > 0 }},
		"coverage": {title: "Share of waits within p10 to p90: " + sh.Title, about: "Share of the true waits within the told range, by scenario; the band is 78 to 82 %, the wide one 72 to 86 %.",
			axis: "% of the true waits within the range; goal 78 to 82 pooled, 72 to 86 each", low: 30, high: 100, step: 10, format: "%.0f", bands: []band{{72, 86, "wide"}, {78, 82, "band"}},
			of: func(e *Entry) (float64, bool) { return 100 * e.Cover, true }},
		"longer": {title: "Who waited longer than the p80 said: " + sh.Title, about: "Share of the true waits above the told p80, by scenario; the band is 18 to 22 %.",
			axis: "% of the true waits above p80; goal 18 to 22 pooled", low: 0, high: 60, step: 10, format: "%.0f", bands: []band{{18, 22, "band"}},
			of: func(e *Entry) (float64, bool) { return 100 * (1 - e.Under[2]), true }},
	}
	for name, d := range plots {
		if name == "mae" && sh.LimitOf(sh.rows()[0]) == nil {
			continue
		}
		all[name] = d.draw(sh)
	}
	return all
}
