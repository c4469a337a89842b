package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Case is one line of a recorded day: somebody came, and was served or left.
// Instants are spans since midnight.
type Case struct {
	Service string
	Arrive  time.Duration
	Start   time.Duration // when a desk began with them; meaningless when Left
	End     time.Duration // end of service, or when they left
	Left    bool
	Desk    string        // who served; empty when Left
	Boost   time.Duration // counted as earlier arrival
}

// Log is a recorded day.
type Log struct {
	Date  time.Time // the day at 00:00 UTC
	Cases []Case    // in order of arrival
}

// columns of the form, in order.
var columns = []string{"day", "ticket", "service", "arrive", "start", "end", "desk", "boost"}

// ReadLog reads a day in the form
//
//	day,ticket,service,arrive,start,end,desk,boost
//
// day as YYMMDD, instants in seconds since midnight, start empty for who left
// unserved at end, boost in seconds. All faults are told at once, by line.
func ReadLog(r io.Reader) (*Log, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(columns)
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the head of the day: %w", err)
	}
	if strings.Join(head, ",") != strings.Join(columns, ",") {
		return nil, fmt.Errorf("the head of the day is not %s", strings.Join(columns, ","))
	}
	log := &Log{}
	var faults []error
	for line := 2; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = log.add(row)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", line, err))
		}
		if len(faults) > 20 {
			break
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(log.Cases) == 0 {
		return nil, errors.New("nobody came on that day")
	}
	slices.SortStableFunc(log.Cases, func(a, b Case) int { return int(a.Arrive - b.Arrive) })
	return log, nil
}

func (l *Log) add(row []string) error {
	day, err := time.Parse("060102", row[0])
	if err != nil {
		return fmt.Errorf("day %q is not YYMMDD", row[0])
	}
	if l.Date.IsZero() {
		l.Date = day
	}
	if !day.Equal(l.Date) {
		return errors.New("more than one day")
	}
	if row[2] == "" {
		return errors.New("no service")
	}
	c := Case{Service: row[2], Desk: row[6], Left: row[4] == ""}
	for i, to := range map[int]*time.Duration{3: &c.Arrive, 4: &c.Start, 5: &c.End, 7: &c.Boost} {
		if i == 4 && c.Left {
			continue
		}
		n, err := strconv.Atoi(row[i])
		if err != nil || n < 0 || n > 2*86400 {
			return fmt.Errorf("%s %q is not a number of seconds", columns[i], row[i])
		}
		*to = time.Duration(n) * time.Second
	}
	switch {
	case !c.Left && c.Desk == "":
		return errors.New("served at no desk")
	case !c.Left && (c.Start < c.Arrive || c.End < c.Start), c.Left && c.End < c.Arrive:
		return errors.New("times are not in order")
	}
	l.Cases = append(l.Cases, c)
	return nil
}

// Services are the services of the day, most wanted first.
func (l *Log) Services() []string {
	count := map[string]int{}
	for _, c := range l.Cases {
		count[c.Service]++
	}
	var list []string
	for s := range count {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	return list
}

// Skills are the services seen at each desk.
func (l *Log) Skills() map[string][]string {
	skills := map[string][]string{}
	for _, c := range l.Cases {
		if !c.Left && !slices.Contains(skills[c.Desk], c.Service) {
			skills[c.Desk] = append(skills[c.Desk], c.Service)
		}
	}
	return skills
}

// Desks are the desks of the day, in order of their names.
func (l *Log) Desks() []string {
	var list []string
	for d := range l.Skills() {
		list = append(list, d)
	}
	slices.Sort(list)
	return list
}
