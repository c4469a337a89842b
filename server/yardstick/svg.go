package yardstick

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// picture is an SVG that stands alone: its colours follow the reader's choice
// of light or dark, and everything is named where it is drawn.
type picture struct {
	width, height float64
	body          strings.Builder
}

// style holds raw colours, then meanings. Series differ by shape as well.
const style = `<style>
:root{--ink:#1b1b1b;--soft:#6b6b6b;--rule:#d9d9d9;--band:#0072b2;--ours:#0072b2;--limit:#1b1b1b;--s0:#b5541a;--s1:#8a6d00;--s2:#00795c;--s3:#a3477f;--s4:#6b6b6b}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#a8a8a8;--rule:#3c3c3c;--band:#56b4e9;--ours:#6cc0f2;--limit:#ececec;--s0:#ef9a5c;--s1:#e0c04a;--s2:#3fc59c;--s3:#e39cc7;--s4:#a8a8a8}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}.soft{fill:var(--soft)}.title{font-weight:600;font-size:14px}.strong{font-weight:600}.right{text-anchor:end}.middle{text-anchor:middle}
.rule{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}.band{fill:var(--band);opacity:.16}.wide{fill:var(--band);opacity:.07}
.mark{fill:none;stroke-width:1.6}.line{fill:none;stroke-width:1.6}.leader{stroke-width:.8;fill:none}
.ours{stroke:var(--ours)}.ours.mark{fill:var(--ours)}.limit{stroke:var(--limit)}.s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}.s4{stroke:var(--s4)}
text.ours{fill:var(--ours);stroke:none}text.limit{fill:var(--limit);stroke:none}text.s0{fill:var(--s0);stroke:none}text.s1{fill:var(--s1);stroke:none}text.s2{fill:var(--s2);stroke:none}text.s3{fill:var(--s3);stroke:none}text.s4{fill:var(--s4);stroke:none}
</style>
`

// String is the whole picture with its title and description for those who do
// not see it.
func (p *picture) String(title, about string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="t d">`+
		"\n<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n%s%s</svg>\n",
		num(p.width), num(p.height), num(p.width), num(p.height), escape(title), escape(about), style, p.body.String())
}

func (p *picture) text(x, y float64, class, text string) {
	fmt.Fprintf(&p.body, "<text x=\"%s\" y=\"%s\" class=\"%s\">%s</text>\n", num(x), num(y), class, escape(text))
}

func (p *picture) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&p.body, "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n", num(x1), num(y1), num(x2), num(y2), class)
}

func (p *picture) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&p.body, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" class=\"%s\"/>\n", num(x), num(y), num(w), num(h), class)
}

func (p *picture) path(points [][2]float64, class string) {
	p.body.WriteString("<polyline points=\"")
	for i, q := range points {
		if i > 0 {
			p.body.WriteByte(' ')
		}
		p.body.WriteString(num(q[0]) + "," + num(q[1]))
	}
	fmt.Fprintf(&p.body, "\" class=\"%s\"/>\n", class)
}

// shapes of the marks, around 0 0.
var shapes = []string{
	"M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
	"M-3.6,-3.6h7.2v7.2h-7.2z",
	"M0,-4.4L4.4,3.4H-4.4z",
	"M0,-4.8L4.8,0L0,4.8L-4.8,0z",
	"M-3.6,-3.6L3.6,3.6M3.6,-3.6L-3.6,3.6",
	"M0,-4.6V4.6M-4.6,0H4.6",
	"M0,4.4L4.4,-3.4H-4.4z",
}

func (p *picture) mark(x, y float64, shape int, class, title string) {
	fmt.Fprintf(&p.body, "<path d=\"%s\" transform=\"translate(%s %s)\" class=\"mark %s\"><title>%s</title></path>\n",
		shapes[shape%len(shapes)], num(x), num(y), class, escape(title))
}

// num writes a coordinate with a tenth of a pixel.
func num(x float64) string {
	s := fmt.Sprintf("%.1f", math.Round(x*10)/10)
	return strings.TrimSuffix(s, ".0")
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// textWidth is roughly how wide a strong text of 12 pixels is.
func textWidth(s string) float64 { return 7.3 * float64(len([]rune(s))) }
