package web

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// The path is painted again and compared with the code, module by module.
func TestQRPathPaintsTheCode(t *testing.T) {
	for _, text := range []string{"x", "https://termine.example.de/t/0123456789abcdefghjkmnpqrs", strings.Repeat("long ", 60)} {
		svg, err := qrSVG(text, `"A&B" <c>`)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(svg, new(struct{ XMLName xml.Name })); err != nil {
			t.Fatalf("not XML: %v", err)
		}
		code, _ := qr.Encode(text, qr.M, qr.Auto)
		painted := map[string]bool{}
		for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(string(svg), -1) {
			x, _ := strconv.Atoi(m[1])
			y, _ := strconv.Atoi(m[2])
			run, _ := strconv.Atoi(m[3])
			for i := range run {
				painted[fmt.Sprint(x+i-qrQuiet, y-qrQuiet)] = true
			}
		}
		for y := range code.Bounds().Dy() {
			for x := range code.Bounds().Dx() {
				if isDark(code.At(x, y).RGBA()) != painted[fmt.Sprint(x, y)] {
					t.Fatalf("%q: module %d, %d differs", text, x, y)
				}
			}
		}
	}
}

func TestTooMuchForAQRCodeIsAnError(t *testing.T) {
	if _, err := qrSVG(strings.Repeat("x", 5000), ""); err == nil {
		t.Fatal("no error")
	}
}
