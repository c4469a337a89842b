package queue

import (
	"cmp"
	"slices"
	"time"
)

// An office may have a year of appointments, tens of thousands, of which a
// command looks at one, or at those of a day. So besides standing in the order of
// their ids they stand in the order of their times, and the few that something is
// still to be known of have a list of their own. And a clone shares all three with
// the state it was made from until it changes one of them: pressing next does
// not copy what is booked for the autumn.

// agenda is what State knows of its appointments beside the list of them. Apply
// keeps it true; a state that was put together by hand has none, and is searched.
type agenda struct {
	byTime []*Appointment // in the order of their times, of equal ones of their ids
	marked []*Appointment // those that are marked, in no order
	mine   bool           // this state's own lists; else shared, and copied before they are changed
}

// Between are the appointments of instants from one on and before another, in
// the order of their times. The slice is for reading.
func (s *State) Between(from, to time.Time) []*Appointment {
	list := s.agenda.byTime
	if !s.sorted() {
		list = slices.Clone(s.Appointments)
		slices.SortFunc(list, compareTimes)
	}
	reached := func(a *Appointment, t time.Time) int { return cmp.Or(a.At.Compare(t), 1) }
	i, _ := slices.BinarySearchFunc(list, from, reached)
	j, _ := slices.BinarySearchFunc(list, to, reached)
	return list[i:max(i, j):max(i, j)]
}

// sorted tells whether the agenda is that of the appointments.
func (s *State) sorted() bool { return len(s.agenda.byTime) == len(s.Appointments) }

// marked tells whether an appointment is still to be confirmed, or has a code
// that counts for another day than its own.
func (a *Appointment) marked() bool { return !a.ConfirmBy.IsZero() || !a.CodeDay.IsZero() }

// marked yields the appointments that are marked.
func (s *State) marked(yield func(*Appointment) bool) {
	list := s.agenda.marked
	if !s.sorted() {
		list = s.Appointments
	}
	for _, a := range list {
		if a.marked() && !yield(a) {
			return
		}
	}
}

func compareTimes(a, b *Appointment) int {
	return cmp.Or(a.At.Compare(b.At), CompareIDs(a.ID, b.ID))
}

// own makes the lists this state's own, with room for a few more.
func (s *State) own() {
	if s.agenda.mine {
		return
	}
	copied := func(list []*Appointment) []*Appointment {
		return append(make([]*Appointment, 0, len(list)+len(list)/64+8), list...)
	}
	s.Appointments = copied(s.Appointments)
	s.agenda = agenda{copied(s.agenda.byTime), copied(s.agenda.marked), true}
}

// setAppointments takes a list in the order of ids that nobody else has.
func (s *State) setAppointments(list []*Appointment) {
	s.Appointments = list
	s.agenda = agenda{byTime: make([]*Appointment, len(list)), mine: true}
	// Seconds and positions in one number are sorted in half of the time: a
	// start with a year of appointments waits for it.
	keys := make([]uint64, len(list))
	for i, a := range list {
		keys[i] = uint64(a.At.Unix())<<24 | uint64(i)&(1<<24-1)
	}
	slices.Sort(keys)
	for i, k := range keys {
		s.agenda.byTime[i] = list[k&(1<<24-1)]
	}
	if !slices.IsSortedFunc(s.agenda.byTime, compareTimes) { // two in one second, or out of all bounds
		copy(s.agenda.byTime, list)
		slices.SortFunc(s.agenda.byTime, compareTimes)
	}
	for _, a := range list {
		if a.marked() {
			s.agenda.marked = append(s.agenda.marked, a)
		}
	}
}

// enter puts an appointment where its time belongs.
func (s *State) enter(a *Appointment) {
	at, _ := slices.BinarySearchFunc(s.agenda.byTime, a, compareTimes)
	s.agenda.byTime = slices.Insert(s.agenda.byTime, at, a)
	if a.marked() {
		s.agenda.marked = append(s.agenda.marked, a)
	}
}

// strike takes an appointment out of the agenda.
func (s *State) strike(a *Appointment) {
	if at, ok := slices.BinarySearchFunc(s.agenda.byTime, a, compareTimes); ok {
		s.agenda.byTime = slices.Delete(s.agenda.byTime, at, at+1)
	}
	if a.marked() {
		s.agenda.marked = slices.DeleteFunc(s.agenda.marked, func(o *Appointment) bool { return o == a })
	}
}

// insert puts an appointment where its id and its time belong.
func (s *State) insert(a *Appointment) {
	s.own()
	at, _ := slices.BinarySearchFunc(s.Appointments, a.ID, byID)
	s.Appointments = slices.Insert(s.Appointments, at, a)
	s.enter(a)
}

func (s *State) dropAppointment(id string) {
	if i := s.appointment(id); i >= 0 {
		s.own()
		s.strike(s.Appointments[i])
		s.Appointments = slices.Delete(s.Appointments, i, i+1)
	}
}

// changeAppointment replaces an appointment by a changed copy.
func (s *State) changeAppointment(id string, how func(*Appointment)) {
	i := s.appointment(id)
	if i < 0 {
		return
	}
	s.own()
	was := s.Appointments[i]
	a := *was
	how(&a)
	s.Appointments[i] = &a
	if at, ok := slices.BinarySearchFunc(s.agenda.byTime, was, compareTimes); ok && a.At.Equal(was.At) && !was.marked() && !a.marked() {
		s.agenda.byTime[at] = &a
		return
	}
	s.strike(was)
	s.enter(&a)
}

func byID(a *Appointment, id string) int { return CompareIDs(a.ID, id) }

// appointment finds the position of an appointment, or -1.
func (s *State) appointment(id string) int {
	if i, ok := slices.BinarySearchFunc(s.Appointments, id, byID); ok {
		return i
	}
	if s.sorted() {
		return -1
	}
	return slices.IndexFunc(s.Appointments, func(a *Appointment) bool { return a.ID == id })
}
