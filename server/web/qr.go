package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/gofiber/fiber/v2"
)

// qrQuiet is the margin that readers need, in modules.
const qrQuiet = 4

// sendQR answers with the whole address of one of our pages as a QR code, and
// what it is in words.
func (s *Server) sendQR(c *fiber.Ctx, path, label string) error {
	svg, err := qrSVG(s.link(c, path), s.words.Text(askOf(c).lang, label, nil))
	if err != nil {
		return fmt.Errorf("draw the link: %w", err)
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	return c.Send(svg)
}

// qrSVG draws a text as a QR code: one path over a white ground, a unit per
// module, so that it is sharp at any size and on any paper. Level M mends 15 %
// of a code that is scratched or folded.
func qrSVG(text, label string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("encode qr code: %w", err)
	}
	size := code.Bounds().Dx()
	side := strconv.Itoa(size + 2*qrQuiet)
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			run := 0
			for x+run < size && isDark(code.At(x+run, y).RGBA()) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+qrQuiet, y+qrQuiet, run, run)
				x += run
			}
		}
	}
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side + `" role="img" aria-label="` +
		attribute.Replace(label) + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + side + `v` + side + `H0z"/><path d="` +
		path.String() + `"/></svg>`), nil
}

func isDark(r, _, _, _ uint32) bool { return r == 0 }

var attribute = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")
