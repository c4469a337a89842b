package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Report is what a walk over one office's whole journal found.
type Report struct {
	Office      string
	Records     int    // sound ones, from the beginning
	Openings    int    // days among them
	First, Last uint64 // their numbers, 0 when there are none
	From, To    time.Time
	// Damage is nil, or names the first damaged record; what follows it cannot
	// be trusted and was not looked at.
	Damage *DamageError
}

// Verify walks an office's whole journal and checks every record. Its error is
// about the walking; damage is found in the report.
func Verify(ctx context.Context, j Journal, office string) (Report, error) {
	rep := Report{Office: office}
	for r, err := range j.Read(ctx, office, 0) {
		if errors.As(err, &rep.Damage) {
			return rep, nil
		}
		if err != nil {
			return rep, fmt.Errorf("verify journal of office %s: %w", office, err)
		}
		if rep.Records == 0 {
			rep.First, rep.From = r.Seq, r.At
		}
		rep.Records++
		rep.Last, rep.To = r.Seq, r.At
		if r.Opening {
			rep.Openings++
		}
	}
	return rep, nil
}
