package feed

import (
	"regexp"
	"strings"
	"time"

	"aufruf/server/calendar"
)

var (
	wholeDay  = regexp.MustCompile(`^\d{8}$`)
	clockTime = regexp.MustCompile(`^(\d{8})T(\d{4})(\d{2})(Z?)$`)
)

// windowsZones are what one wide-spread calendar calls the zones around here.
var windowsZones = map[string]string{
	"W. EUROPE STANDARD TIME":        "Europe/Berlin",
	"CENTRAL EUROPE STANDARD TIME":   "Europe/Budapest",
	"CENTRAL EUROPEAN STANDARD TIME": "Europe/Warsaw",
	"ROMANCE STANDARD TIME":          "Europe/Paris",
	"GMT STANDARD TIME":              "Europe/London",
	"UTC":                            "UTC",
}

// readStart reads when an event begins, to the minute; note says why it cannot
// be. A time without a zone is the office's own. A time that summer time skips
// is the moment of the change, one that comes twice is the first, as
// everywhere in this house.
func readStart(value string, params map[string][]string, zone *time.Location) (at time.Time, note string) {
	value = strings.ToUpper(strings.TrimSpace(value))
	if wholeDay.MatchString(value) {
		return at, NoteAllDay
	}
	parts := clockTime.FindStringSubmatch(value)
	if parts == nil {
		return at, NoteTime
	}
	if parts[4] == "Z" {
		zone = time.UTC
	} else if name := first(params["TZID"]); name != "" {
		var ok bool
		if zone, ok = zoneOf(name); !ok {
			return at, NoteZone
		}
	}
	wall, err := time.Parse("20060102T1504", parts[1]+"T"+parts[2])
	if err != nil || parts[3] > "59" || wall.Year() < 1970 || wall.Year() > 2200 {
		return at, NoteTime
	}
	day := calendar.DateOf(wall, time.UTC)
	return day.At(calendar.TimeOfDay(wall.Hour()*60+wall.Minute()), zone), ""
}

// zoneOf finds a zone by the name that a calendar gives it. Rules that a
// calendar brings along are not read: whoever writes them may write anything.
func zoneOf(name string) (*time.Location, bool) {
	name = strings.Trim(strings.TrimSpace(name), `"`)
	if known, ok := windowsZones[strings.ToUpper(name)]; ok {
		name = known
	}
	if name == "" || len(name) > 64 || strings.EqualFold(name, "local") {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
