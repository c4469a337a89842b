package yardstick

import (
	"fmt"
	"io"
)

// Write writes a sheet as a table for a terminal.
func (sh *Sheet) Write(w io.Writer) {
	fmt.Fprintf(w, "%s (main view; minutes)\n", sh.Title)
	fmt.Fprintf(w, "%-20s %-24s %6s %5s %6s %5s %6s %5s %6s %6s %5s %5s %5s %5s %5s %5s\n", "scenario", "system", "n", "wait",
		"MAE", "/orac", "CRPS", "/orac", "bias", "RMSE", "cov80", "width", "<=p50", "<=p80", "<=p90", "jump5")
	before := ""
	for _, e := range sh.Entries {
		name := e.Scenario
		if name == before {
			name = ""
		}
		before = e.Scenario
		fmt.Fprintf(w, "%-20s %-24s %6d %5s %6.2f %5s %6.2f %5s %+6.2f %6s %5.1f %5s %5s %5.1f %5.1f %5.1f", name, e.System,
			e.N, known(e.MeanWait), e.MAE, ratio(e.MAERatio), e.CRPS, ratio(e.CRPSRatio), e.Bias, known(e.RMSE),
			100*e.Cover, known(e.Width), known(100*e.Under[1]), 100*e.Under[2], 100*e.Under[3], 100*e.Jump5)
		if e.Faults > 0 {
			fmt.Fprintf(w, "  %d answers are no quantiles", e.Faults)
		}
		fmt.Fprintln(w)
	}
}

// known writes a figure, or a dash for one that was not published.
func known(x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", x)
}

func ratio(r float64) string {
	if r == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", r)
}
