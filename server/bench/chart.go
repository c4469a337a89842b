package main

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// bar is one row of a chart.
type bar struct {
	label string
	value float64
	least float64
	most  float64
	said  string // the value as it is written
	ours  bool
	ruler bool
}

// chart is a picture of bars that stands alone: light or dark as the reader
// likes it, each bar with its figure in words, and lines for what was aimed at.
type chart struct {
	title, about string
	bars         []bar
	goal, hope   float64 // 0: none
	unit         string
}

// chartStyle holds raw colours once for each of light and dark.
const chartStyle = `<style>
:root{--ground:#fff;--ink:#1b1b1b;--soft:#6b6b6b;--rule:#d9d9d9;--bar:#9a9a9a;--ours:#0072b2;--ruler:#c9c9c9}
@media (prefers-color-scheme:dark){:root{--ground:#16181b;--ink:#ececec;--soft:#a8a8a8;--rule:#3c3c3c;--bar:#7d7d7d;--ours:#56b4e9;--ruler:#55585c}}
.ground{fill:var(--ground)}text{font:12px system-ui,sans-serif;fill:var(--ink)}.title{font-weight:600;font-size:14px}.soft{fill:var(--soft)}.strong{font-weight:600}.right{text-anchor:end}.middle{text-anchor:middle}
.bar{fill:var(--bar)}.bar.ours{fill:var(--ours)}.bar.ruler{fill:var(--ruler)}.spread{stroke:var(--ink);stroke-width:1.2}.goal{stroke:var(--ink);stroke-dasharray:4 3}.hope{stroke:var(--soft);stroke-dasharray:1 3}.axis{stroke:var(--rule)}
</style>
`

const (
	chartWidth = 720.0
	labelWidth = 300.0
	valueWidth = 110.0
	rowHeight  = 26.0
	chartTop   = 62.0
)

// String writes the picture.
func (c chart) String() string {
	most := max(c.goal, c.hope)
	for _, b := range c.bars {
		most = max(most, b.value, b.most)
	}
	if most <= 0 || math.IsNaN(most) {
		most = 1
	}
	room := chartWidth - labelWidth - valueWidth
	x := func(v float64) float64 { return labelWidth + room*v/most }
	height := chartTop + rowHeight*float64(len(c.bars)) + 14
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-labelledby=\"t d\">\n", chartWidth, height, chartWidth, height)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n%s", escape(c.title), escape(c.describe()), chartStyle)
	fmt.Fprintf(&b, "<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\"/>\n<text x=\"12\" y=\"24\" class=\"title\">%s</text>\n", chartWidth, height, escape(c.title))
	bottom := height - 14
	fmt.Fprintf(&b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", labelWidth, chartTop-4, labelWidth, bottom)
	for i, row := range c.bars {
		y := chartTop + rowHeight*float64(i)
		class, text := "bar", ""
		if row.ours {
			class, text = "bar ours", " strong"
		} else if row.ruler {
			class = "bar ruler"
		}
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%.1f\" class=\"right%s\">%s</text>\n", labelWidth-8, y+15, text, escape(row.label))
		fmt.Fprintf(&b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\" class=\"%s\"/>\n", labelWidth, y+2, max(x(row.value)-labelWidth, 1), class)
		if row.most > row.least {
			fmt.Fprintf(&b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"spread\"/>\n", x(row.least), y+11, x(row.most), y+11)
		}
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%.1f\" class=\"soft%s\">%s</text>\n", max(x(row.value), x(row.most))+6, y+15, text, escape(row.said))
	}
	for _, line := range []struct {
		at           float64
		class, label string
		y            float64
	}{{c.goal, "goal", "goal", 44}, {c.hope, "hope", "hope", 56}} {
		if line.at > 0 {
			fmt.Fprintf(&b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n<text x=\"%.1f\" y=\"%.1f\" class=\"soft\">%s %s</text>\n",
				x(line.at), line.y-8, x(line.at), bottom, line.class, x(line.at)+4, line.y, line.label, escape(trim(line.at)+c.unit))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// describe says the whole picture in words.
func (c chart) describe() string {
	parts := []string{c.about}
	for _, b := range c.bars {
		parts = append(parts, b.label+": "+b.said+".")
	}
	return strings.Join(parts, " ")
}

// trim writes a figure without zeros that say nothing.
func trim(v float64) string {
	if v >= 100 {
		return thousands(v)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
