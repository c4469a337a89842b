package display

import (
	"slices"
	"time"

	"aufruf/server/queue"
)

// Screen is one lobby screen as configured.
type Screen struct {
	ID         string
	Office     string
	Names      Names
	Desks      []string // calls to these desks; empty: all
	Categories []string // people waiting for these; empty: all
	Languages  []string // shown and spoken, first one first
	Score      bool     // tell how often the waits that were told came true

	// Told is of how many of 100 waits that were told in the last weeks that was
	// so; 0 while too few are known. Nil: nothing is told.
	Told func() int `json:"-"`

	// Speak names the clips that say a call in a language, in order; none where
	// that language has no voice. Nil: the gong alone.
	Speak func(lang string, n queue.Number, place string) []string `json:"-"`
}

// Board is what a lobby screen shows. It never holds a name, a service of a
// single person, a link or anything else that belongs to somebody.
type Board struct {
	Office     string     `json:"office"`
	Name       Names      `json:"name"`
	Screen     string     `json:"screen"`
	Languages  []string   `json:"languages"`
	Hours      Hours      `json:"hours"`
	Notice     string     `json:"notice"`
	Calls      []Call     `json:"calls"`      // newest first, at most boardCalls
	Categories []Category `json:"categories"` // with how many wait, and how long a newcomer would
	Waiting    Count      `json:"waiting"`
	Next       []Upcoming `json:"next"`  // the head of the line, at most boardNext
	Score      int        `json:"score"` // of 100 waits that were told, how many came true; 0: not told
	// FreeToday is how many people more get an appointment today; null where
	// citizens book none.
	FreeToday *int `json:"free_today"`
}

// Call is one call as a screen shows and announces it. ID is new for each call
// and each recall.
type Call struct {
	ID     uint64    `json:"id"`
	At     time.Time `json:"at"`
	Number Number    `json:"number"`
	Place  Place     `json:"place"`
	Booked bool      `json:"booked"`
	Recall bool      `json:"recall"`
	Here   bool      `json:"here"` // still called or served there

	// Clips are the recorded pieces of the announcement by language; empty
	// where only the gong sounds.
	Clips map[string][]string `json:"clips"`
}

// Upcoming is one number that waits.
type Upcoming struct {
	Number Number `json:"number"`
	Booked bool   `json:"booked"`
	Wait   *Wait  `json:"wait"` // when the call is likely; null: nothing is known
}

const (
	boardCalls = 8
	boardNext  = 12
)

// ShowBoard makes a screen's view.
func ShowBoard(r *queue.Rules, screen *Screen, s *queue.State, w Waits, free *queue.Free, now time.Time) Board {
	b := Board{FreeToday: free.All(), Office: r.Office, Name: r.Names, Screen: screen.ID, Languages: screen.Languages,
		Hours: hours(r, s, now), Notice: s.Notice, Calls: []Call{}, Next: []Upcoming{}}
	for _, c := range s.Calls {
		if len(screen.Desks) > 0 && !slices.Contains(screen.Desks, c.Desk) || len(b.Calls) == boardCalls {
			continue
		}
		t := s.Ticket(c.Ticket)
		call := Call{ID: c.ID, At: c.At, Number: number(c.Number), Place: place(r, c.Desk), Booked: c.Booked,
			Recall: c.Recall, Here: t != nil && (t.State == queue.Called || t.State == queue.Serving)}
		call.Clips = screen.clips(c.Number, call.Place)
		b.Calls = append(b.Calls, call)
	}
	if screen.Told != nil {
		b.Score = screen.Told()
	}
	keep := screen.shows(r)
	b.Categories, b.Waiting = waitingByCategory(r, s, w, keep)
	if len(screen.Categories) > 0 {
		b.Categories = slices.DeleteFunc(b.Categories, func(c Category) bool { return !slices.Contains(screen.Categories, c.ID) })
	}
	for _, p := range queue.Line(r, s, now) {
		if len(b.Next) < boardNext && keep(p.Ticket) {
			b.Next = append(b.Next, Upcoming{Number: number(p.Ticket.Number), Booked: p.Ticket.Booked, Wait: ticketWait(r, s, w, p.Ticket)})
		}
	}
	return b
}

// shows tells which waiting tickets concern a screen.
func (sc *Screen) shows(r *queue.Rules) func(*queue.Ticket) bool {
	return func(t *queue.Ticket) bool {
		if len(sc.Categories) == 0 || len(t.Remaining) == 0 {
			return true
		}
		sv := r.Service(t.Remaining[0].Service)
		return sv != nil && slices.Contains(sc.Categories, sv.Category)
	}
}

// clips are the announcement of a call in the screen's languages.
func (sc *Screen) clips(n queue.Number, to Place) map[string][]string {
	clips := map[string][]string{}
	for _, lang := range sc.Languages {
		if sc.Speak == nil {
			break
		}
		if list := sc.Speak(lang, n, to.Names.In(lang)); len(list) > 0 {
			clips[lang] = list
		}
	}
	return clips
}
