package display

import "time"

// Public is an office's page for the whole world.
type Public struct {
	Office  Office
	Groups  []PublicGroup // what may be asked for
	Chosen  *PublicChoice // what was asked for; nil: nothing in particular
	Best    []Window      // good times to come for that
	Typical *Typical      // nil: too little is known
}

// PublicGroup are the services of a category, to choose from.
type PublicGroup struct {
	Names    Names
	Services []PublicOption
}

// PublicOption is one service to choose.
type PublicOption struct {
	ID     string
	Names  Names
	Chosen bool
}

// PublicChoice is the service asked for.
type PublicChoice struct {
	Names   Names
	Wait    *NewWait
	Refusal string
}

// Typical is how long people waited, as a picture and a table: one small
// picture a weekday, all on one scale.
type Typical struct {
	Weeks int
	Top   int // minutes at the top of the scale
	Width int // of a picture
	Days  []TypicalDay
	Hours []TypicalRow
}

// TypicalDay is one weekday's picture.
type TypicalDay struct {
	Weekday string // part of the key of its name
	Bars    []TypicalBar
	Labels  []TypicalLabel
	Peak    *TypicalBar // the hour with the longest waits
}

// TypicalBar is one hour: of two bars over each other.
type TypicalBar struct {
	Hour, X               int
	Median, P80           int // minutes
	MedianY, MedianHeight int
	P80Y, P80Height       int
}

// Middle is where the bar's label stands, Above on which line.
func (b TypicalBar) Middle() int { return b.X + typicalBar/2 }
func (b TypicalBar) Above() int  { return b.P80Y - 4 }

// TypicalLabel is an hour under the picture.
type TypicalLabel struct{ X, Hour int }

// TypicalRow is an hour in the table; nil where too few came.
type TypicalRow struct {
	Hour int
	Days []*TypicalBar // by weekday, as Days
}

// The picture's measures, in its own units.
const (
	typicalBar    = 16
	typicalHours  = 8 // a picture is at least as wide as so many: one bar alone is no wall
	typicalGap    = 4
	typicalBase   = 100 // where the bars stand
	typicalHeight = 84  // of the longest
	typicalLeast  = 5   // visits; fewer say nothing, and might be about somebody
)

// DrawTypical makes the picture; nil when there is nothing to show.
func DrawTypical(hours []TypicalHour, weeks int) *Typical {
	first, last, most := 24, -1, 0
	by := map[time.Weekday]map[int]TypicalHour{}
	for _, h := range hours {
		if h.Visits < typicalLeast {
			continue
		}
		if by[h.Weekday] == nil {
			by[h.Weekday] = map[int]TypicalHour{}
		}
		by[h.Weekday][h.Hour] = h
		first, last, most = min(first, h.Hour), max(last, h.Hour), max(most, wholeMinutes(h.P80))
	}
	if last < 0 {
		return nil
	}
	t := &Typical{Weeks: weeks, Top: max(10, (most+9)/10*10), Width: max(last-first+1, typicalHours) * (typicalBar + typicalGap)}
	for hour := first; hour <= last; hour++ {
		t.Hours = append(t.Hours, TypicalRow{Hour: hour})
	}
	for n := range 7 {
		weekday := time.Weekday((n + 1) % 7) // Monday first
		if by[weekday] == nil {
			continue
		}
		d := TypicalDay{Weekday: weekdayKeys[weekday]}
		for hour := first; hour <= last; hour++ {
			x := (hour-first)*(typicalBar+typicalGap) + typicalGap/2
			if (hour-first)%2 == 0 {
				d.Labels = append(d.Labels, TypicalLabel{X: x + typicalBar/2, Hour: hour})
			}
			h, ok := by[weekday][hour]
			row := &t.Hours[hour-first]
			if !ok {
				row.Days = append(row.Days, nil)
				continue
			}
			b := TypicalBar{Hour: hour, X: x, Median: wholeMinutes(h.Median), P80: wholeMinutes(h.P80)}
			b.MedianHeight, b.P80Height = max(1, b.Median*typicalHeight/t.Top), max(1, b.P80*typicalHeight/t.Top)
			b.MedianY, b.P80Y = typicalBase-b.MedianHeight, typicalBase-b.P80Height
			d.Bars = append(d.Bars, b)
			row.Days = append(row.Days, &b)
			if d.Peak == nil || b.P80 > d.Peak.P80 {
				d.Peak = &b
			}
		}
		t.Days = append(t.Days, d)
	}
	return t
}

var weekdayKeys = map[time.Weekday]string{time.Monday: "monday", time.Tuesday: "tuesday", time.Wednesday: "wednesday", time.Thursday: "thursday",
	time.Friday: "friday", time.Saturday: "saturday", time.Sunday: "sunday"}

func wholeMinutes(d time.Duration) int { return int((d + time.Minute/2) / time.Minute) }

// Badge is an office's wait in one line, for other sites.
type Badge struct {
	Office  Office
	Span    *NewWait // over all categories; nil: nothing is known
	Differs bool     // it depends on what somebody comes for
}

// Span sums an office up: from the shortest wait of a category to the longest.
func (o Office) Span() Badge {
	b := Badge{Office: o}
	for _, c := range o.Categories {
		switch {
		case c.Wait == nil || c.Refusal != "":
		case b.Span == nil:
			w := *c.Wait
			b.Span = &w
		case b.Span.State != WaitRange:
			if c.Wait.State == WaitRange {
				*b.Span = *c.Wait
			}
		case c.Wait.State == WaitRange && *c.Wait != *b.Span:
			b.Span.Low, b.Span.High, b.Differs = min(b.Span.Low, c.Wait.Low), max(b.Span.High, c.Wait.High), true
		}
	}
	return b
}
