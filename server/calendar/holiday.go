package calendar

import "time"

// Lands are the codes of the 16 Länder.
var Lands = []string{"BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"}

// rule is one public holiday: a fixed day or one counted from Easter Sunday,
// in some Länder, in some years.
type rule struct {
	key         string
	month       time.Month
	day         int
	easter      int    // days from Easter Sunday, where month is 0
	lands       string // codes apart by spaces; "": all
	from, until int    // years; 0: no limit
}

// Sources: the holiday laws of the Länder and Art. 2 of the Unification Treaty.
// Not here are days that only some municipalities of a Land have (Assumption
// Day in Bavaria, Corpus Christi in parts of Saxony and Thuringia, Augsburg's
// Peace Festival): those stand in the configuration of the town.
var rules = []rule{
	{key: "holiday.new_year", month: 1, day: 1},
	{key: "holiday.epiphany", month: 1, day: 6, lands: "BW BY ST"},
	{key: "holiday.womens_day", month: 3, day: 8, lands: "BE", from: 2019},
	{key: "holiday.womens_day", month: 3, day: 8, lands: "MV", from: 2023},
	{key: "holiday.good_friday", easter: -2},
	{key: "holiday.easter_sunday", easter: 0, lands: "BB"},
	{key: "holiday.easter_monday", easter: 1},
	{key: "holiday.labour_day", month: 5, day: 1},
	{key: "holiday.liberation_day", month: 5, day: 8, lands: "BE", from: 2020, until: 2020},
	{key: "holiday.liberation_day", month: 5, day: 8, lands: "BE", from: 2025, until: 2025},
	{key: "holiday.uprising_day", month: 6, day: 17, lands: "BE", from: 2028, until: 2028},
	{key: "holiday.ascension", easter: 39},
	{key: "holiday.whit_sunday", easter: 49, lands: "BB"},
	{key: "holiday.whit_monday", easter: 50},
	{key: "holiday.corpus_christi", easter: 60, lands: "BW BY HE NW RP SL"},
	{key: "holiday.assumption", month: 8, day: 15, lands: "SL"},
	{key: "holiday.childrens_day", month: 9, day: 20, lands: "TH", from: 2019},
	{key: "holiday.unity_day", month: 10, day: 3},
	{key: "holiday.reformation", month: 10, day: 31, from: 2017, until: 2017},
	{key: "holiday.reformation", month: 10, day: 31, lands: "BB MV SN ST TH"},
	{key: "holiday.reformation", month: 10, day: 31, lands: "HB HH NI SH", from: 2018},
	{key: "holiday.all_saints", month: 11, day: 1, lands: "BW BY NW RP SL"},
	{key: "holiday.christmas", month: 12, day: 25},
	{key: "holiday.boxing_day", month: 12, day: 26},
}

// PublicHoliday returns the catalogue's key of the public holiday that a day
// is in a Land, for the years from 1995 on.
func PublicHoliday(land string, d Date) (string, bool) {
	for _, r := range rules {
		if r.in(land, d.Year) && r.date(d.Year) == d {
			return r.key, true
		}
	}
	if land == "SN" && d == repentance(d.Year) {
		return "holiday.repentance", true
	}
	return "", false
}

func (r rule) in(land string, year int) bool {
	if r.from > 0 && year < r.from || r.until > 0 && year > r.until {
		return false
	}
	if r.lands == "" {
		return true
	}
	for i := 0; i+2 <= len(r.lands); i += 3 {
		if r.lands[i:i+2] == land {
			return true
		}
	}
	return false
}

func (r rule) date(year int) Date {
	if r.month > 0 {
		return Date{year, r.month, r.day}
	}
	return easter(year).AddDays(r.easter)
}

// easter is Easter Sunday by the rule of Meeus, Jones and Butcher for the
// Gregorian calendar (J. Meeus, Astronomical Algorithms, chapter 8).
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
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

// repentance is Buß- und Bettag: the Wednesday before 23 November.
func repentance(year int) Date {
	d := Date{year, time.November, 22}
	for d.Weekday() != time.Wednesday {
		d = d.AddDays(-1)
	}
	return d
}
