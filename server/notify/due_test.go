package notify

import (
	"testing"
	"time"
)

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

func TestRemindersAreDueByDayAndNeverTooLate(t *testing.T) {
	s := Defaults()
	for _, tc := range []struct{ what, visit, told, day, hours string }{
		{"in the ordinary way", "2026-11-26 10:30", "2026-11-20 09:00", "2026-11-25 17:00", "2026-11-26 08:30"},
		{"over the start of summer time", "2026-03-29 10:00", "2026-03-20 09:00", "2026-03-28 17:00", "2026-03-29 08:00"},
		{"over its end", "2026-10-25 10:00", "2026-10-20 09:00", "2026-10-24 17:00", "2026-10-25 08:00"},
		{"on 1 March of a leap year", "2028-03-01 10:00", "2028-02-20 09:00", "2028-02-29 17:00", "2028-03-01 08:00"},
		{"early in the morning: at eight, if 45 minutes are left", "2026-11-26 08:45", "2026-11-20 09:00", "2026-11-25 17:00", "2026-11-26 08:00"},
		{"and not if they are not", "2026-11-26 08:44", "2026-11-20 09:00", "2026-11-25 17:00", ""},
		{"just told before the day's", "2026-11-26 10:30", "2026-11-25 14:01", "", "2026-11-26 08:30"},
		{"three hours before it", "2026-11-26 10:30", "2026-11-25 14:00", "2026-11-25 17:00", "2026-11-26 08:30"},
		{"just told on the same day", "2026-11-26 14:00", "2026-11-26 09:01", "", ""},
		{"after all were due", "2026-11-26 10:30", "2026-11-26 10:00", "", ""},
	} {
		got := map[Kind]string{}
		for _, r := range s.reminders(at(tc.visit), at(tc.told), berlin) {
			got[r.Kind] = r.Next.In(berlin).Format("2006-01-02 15:04")
			if !r.About.Equal(at(tc.visit)) || !r.Until.Equal(at(tc.visit).Add(-30*time.Minute)) {
				t.Errorf("%s: %+v", tc.what, r)
			}
		}
		if got[ReminderDay] != tc.day || got[ReminderHours] != tc.hours {
			t.Errorf("%s: %v, want %s and %s", tc.what, got, tc.day, tc.hours)
		}
	}
	s.Reminders = Reminders{}
	if rows := s.reminders(at("2026-11-26 10:30"), at("2026-11-20 09:00"), berlin); len(rows) > 0 {
		t.Errorf("switched off: %+v", rows)
	}
}

func TestTheNightEndsInTheMorning(t *testing.T) {
	q := Defaults().Quiet
	for when, night := range map[string]bool{"2026-11-26 20:59": false, "2026-11-26 21:00": true, "2026-11-27 00:00": true, "2026-11-27 07:59": true, "2026-11-27 08:00": false} {
		if q.in(at(when), berlin) != night {
			t.Errorf("%s: night is %v", when, !night)
		}
		if night && !q.end(at(when), berlin).Equal(at("2026-11-27 08:00")) {
			t.Errorf("%s ends %v", when, q.end(at(when), berlin))
		}
	}
}
