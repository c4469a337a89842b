package calendar

import (
	"slices"
	"time"
)

// Lands holds the codes of the 16 Länder, sorted.
var Lands = []string{"BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"}

// feast is one line of the table: a day that is a holiday in some Länder, or
// locally, in some years.
type feast struct {
	key   string
	on    func(year int) Date
	lands []string // nil: in none as a whole, only where Local names it
	since int      // first year
	until int      // last year; 0: none
}

// feasts holds the public holidays by the laws of the Länder as they stood from
// 2015 on; earlier years are not promised. Below them are the days that an office
// may add with Local. The order decides the name if two fall on one day.
var feasts = []feast{
	{key: "neujahr", on: fixed(time.January, 1), lands: Lands},
	{key: "heilige_drei_koenige", on: fixed(time.January, 6), lands: []string{"BW", "BY", "ST"}},
	{key: "frauentag", on: fixed(time.March, 8), lands: []string{"BE"}, since: 2019},
	{key: "frauentag", on: fixed(time.March, 8), lands: []string{"MV"}, since: 2023},
	{key: "karfreitag", on: fromEaster(-2), lands: Lands},
	{key: "ostersonntag", on: fromEaster(0), lands: []string{"BB"}},
	{key: "ostermontag", on: fromEaster(1), lands: Lands},
	{key: "tag_der_arbeit", on: fixed(time.May, 1), lands: Lands},
	{key: "tag_der_befreiung", on: fixed(time.May, 8), lands: []string{"BE"}, since: 2020, until: 2020},
	{key: "tag_der_befreiung", on: fixed(time.May, 8), lands: []string{"BE"}, since: 2025, until: 2025},
	{key: "christi_himmelfahrt", on: fromEaster(39), lands: Lands},
	{key: "pfingstsonntag", on: fromEaster(49), lands: []string{"BB"}},
	{key: "pfingstmontag", on: fromEaster(50), lands: Lands},
	{key: "fronleichnam", on: fromEaster(60), lands: []string{"BW", "BY", "HE", "NW", "RP", "SL"}},
	{key: "jahrestag_volksaufstand", on: fixed(time.June, 17), lands: []string{"BE"}, since: 2028, until: 2028},
	{key: "mariae_himmelfahrt", on: fixed(time.August, 15), lands: []string{"SL"}},
	{key: "weltkindertag", on: fixed(time.September, 20), lands: []string{"TH"}, since: 2019},
	{key: "tag_der_deutschen_einheit", on: fixed(time.October, 3), lands: Lands},
	{key: "reformationstag", on: fixed(time.October, 31), lands: []string{"BB", "MV", "SN", "ST", "TH"}},
	{key: "reformationstag", on: fixed(time.October, 31), lands: Lands, since: 2017, until: 2017}, // 500 years
	{key: "reformationstag", on: fixed(time.October, 31), lands: []string{"HB", "HH", "NI", "SH"}, since: 2018},
	{key: "allerheiligen", on: fixed(time.November, 1), lands: []string{"BW", "BY", "NW", "RP", "SL"}},
	{key: "buss_und_bettag", on: repentance, lands: []string{"SN"}},
	{key: "erster_weihnachtstag", on: fixed(time.December, 25), lands: Lands},
	{key: "zweiter_weihnachtstag", on: fixed(time.December, 26), lands: Lands},

	{key: "rosenmontag", on: fromEaster(-48)},
	{key: "fronleichnam", on: fromEaster(60)},                   // some municipalities of SN and TH
	{key: "augsburger_friedensfest", on: fixed(time.August, 8)}, // the city of Augsburg
	{key: "mariae_himmelfahrt", on: fixed(time.August, 15)},     // municipalities of BY with more Catholics
	{key: "heiligabend", on: fixed(time.December, 24)},
	{key: "silvester", on: fixed(time.December, 31)},
}

// LocalHolidays returns the keys that Schedule.Local may hold.
func LocalHolidays() []string {
	var keys []string
	for _, f := range feasts {
		if f.lands == nil {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// Holidays returns the keys of all holidays that Holiday may name, each once, so
// that the catalogue can be checked against them.
func Holidays() []string {
	var keys []string
	for _, f := range feasts {
		if !slices.Contains(keys, f.key) {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// Holiday returns the key of the holiday that closes the office on d, such as
// "tag_der_deutschen_einheit"; false if d is none. An exception may open the
// office all the same.
func (s *Schedule) Holiday(d Date) (key string, ok bool) {
	for i := range feasts {
		f := &feasts[i]
		observed := slices.Contains(f.lands, s.Land) || f.lands == nil && slices.Contains(s.Local, f.key)
		if observed && d.Year >= f.since && (f.until == 0 || d.Year <= f.until) && f.on(d.Year) == d {
			return f.key, true
		}
	}
	return "", false
}

func fixed(month time.Month, day int) func(int) Date {
	return func(year int) Date { return Date{year, month, day} }
}

func fromEaster(days int) func(int) Date {
	return func(year int) Date { return easter(year).AddDays(days) }
}

// repentance is the Wednesday before 23 November, eleven days before Advent.
func repentance(year int) Date {
	d := Date{year, time.November, 22}
	return d.AddDays(-(int(d.Weekday()-time.Wednesday) + 7) % 7)
}

// easter returns Easter Sunday of the Gregorian calendar by the rule that an
// anonymous reader sent to Nature in 1876 (Butcher's rule), as given by Jean
// Meeus, Astronomical Algorithms, chapter 8. The letters are his.
func easter(year int) Date {
	a := year % 19
	b, c := year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}
