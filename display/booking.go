package display

import (
	"time"

	"aufruf/server/calendar"
	"aufruf/server/queue"
)

// BookChoose is the first step of booking: what somebody comes for.
type BookChoose struct {
	Query      string        // what was searched for
	Found      []BookService // when something was searched for
	Categories []BookCategory
	Chosen     []BookService // already in the visit
	Times      string        // address of the next step for what is chosen
	Closed     bool          // the office lets nobody book online
	Fields     []BookField   // what is chosen, as the search sends it
}

// BookCategory is a category of the list.
type BookCategory struct {
	Names    Names
	Services []BookService
}

// BookService is a service to choose, or one that is chosen.
type BookService struct {
	ID       string
	Names    Names
	Quantity int
	Most     int    // units that one visit may have
	Minutes  int    // planned length of one unit
	Href     string // address with it added
	Without  string // address with it taken out
	Phone    bool   // staff alone books it
}

// BookPapers is the second step: questions and the papers that follow.
type BookPapers struct {
	Chosen    []BookService
	Questions []BookQuestion
	Open      int // questions that were not answered
	Times     string
	Add       string // address of the first step, to add a service
	Printable bool
	Fields    []BookField
}

// BookQuestion is one yes-or-no question that decides what is to be brought.
type BookQuestion struct {
	ID     string
	Text   Names
	Answer string // "y", "n" or ""
}

// BookTimes is the third step: when.
type BookTimes struct {
	Chosen  []BookService
	Minutes int        // planned length of the visit
	First   []BookSlot // the next free times of all suitable offices
	Offices []BookOffice
	Months  []BookMonth
	Day     time.Time // the day that is open, zero for none
	Hours   []BookHour
	Action  string // where the form goes
	Hidden  []BookField
	Back    string // the step before
	Wish    string // address of the waiting list
	None    bool   // nothing is free in the whole window
	Last    time.Time
	Moving  *Appointment // the appointment that gets another time
	Proof   string       // challenge for a proof of work
	Nearest bool         // First are the times nearest to one that was lost
}

// BookOffice is one of several offices that can do it.
type BookOffice struct {
	ID      string
	Names   Names
	Href    string
	Current bool
}

// BookSlot is a free time.
type BookSlot struct {
	At       time.Time
	Value    string // as the form sends it
	Office   Names  // where there are several
	OfficeID string
}

// BookHour is the free times of one hour.
type BookHour struct {
	At    time.Time
	Slots []BookSlot
}

// BookMonth is a month of the calendar in weeks from Monday to Sunday.
type BookMonth struct {
	First time.Time
	Weeks [][7]BookDay
}

// BookDay is a day of the calendar; a zero Day is a gap.
type BookDay struct {
	Day   int
	At    time.Time
	Free  int // times that are free
	Href  string
	Open  bool // its times are shown
	Today bool
}

// BookField is a field of a form that nobody sees.
type BookField struct{ Name, Value string }

// BookDetails is the last step: who comes.
type BookDetails struct {
	At        time.Time
	Until     time.Time // the time is kept until then
	Seconds   int       // and so long from now
	Minutes   int
	Chosen    []BookService
	Contact   BookContact
	Faults    map[string]string // by field, in words
	Order     []string          // fields with a fault, in the order of the form
	Address   string            // needed, optional or none
	Consent   string            // version of the notice
	Languages []Language
	Action    string
	Release   string
	Hidden    []BookField
	Wish      bool // for the waiting list, not for a time
}

// BookContact is what was typed.
type BookContact struct {
	Surname, FirstName, Street, Number, Postcode, Town, Phone, Email, Language string
	Needs                                                                      map[string]bool
	Remind, Consent                                                            bool
}

// BookWish is the form for the waiting list.
type BookWish struct {
	BookDetails
	From, To calendar.Date
	Least    calendar.Date
	Most     calendar.Date
	Half     string // "", "morning", "afternoon"
	Proof    string // challenge for a proof of work
	Back     string
}

// WishPage is what somebody on the waiting list sees.
type WishPage struct {
	Office   Names
	Services []queue.Item
	From, To time.Time
	Offer    time.Time // a time that is offered, zero for none
	Until    time.Time // until when
	Place    int       // how many have waited longer
	Ended    bool
}

// Calendar lays out days from one to another, both included, as months.
func Calendar(from, to calendar.Date, day func(calendar.Date) BookDay) []BookMonth {
	var months []BookMonth
	for first := (calendar.Date{Year: from.Year, Month: from.Month, Day: 1}); !first.After(to); first = nextMonth(first) {
		m := BookMonth{First: first.Start(time.UTC)}
		column := (int(first.Weekday()) + 6) % 7
		var week [7]BookDay
		for d := first; d.Month == first.Month; d = d.AddDays(1) {
			if !d.Before(from) && !d.After(to) {
				week[column] = day(d)
			}
			if week[column].Day == 0 {
				week[column] = BookDay{Day: d.Day, At: d.Start(time.UTC)}
			}
			if column++; column == 7 || d.AddDays(1).Month != first.Month {
				// Weeks that are past, or beyond the last day, say nothing.
				if monday := d.AddDays(1 - column); !d.Before(from) && !monday.After(to) {
					m.Weeks = append(m.Weeks, week)
				}
				week, column = [7]BookDay{}, 0
			}
		}
		if len(m.Weeks) > 0 {
			months = append(months, m)
		}
	}
	return months
}

func nextMonth(d calendar.Date) calendar.Date {
	if d.Month == time.December {
		return calendar.Date{Year: d.Year + 1, Month: time.January, Day: 1}
	}
	return calendar.Date{Year: d.Year, Month: d.Month + 1, Day: 1}
}
