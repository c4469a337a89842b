package replay

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"aufruf/server/simday"
)

var update = flag.Bool("update", false, "write testdata anew")

// invented writes a day of simday in the form of a log: six desks that take
// people first come, first served.
func invented() []byte {
	sc := simday.Morning(6, []simday.Service{{ID: "ID", Mean: 9 * time.Minute, Weight: 5}, {ID: "HOME", Mean: 14 * time.Minute, Weight: 3}, {ID: "PICK", Mean: 4 * time.Minute, Weight: 4}})
	sc.BookedAnHour = 0
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(columns)
	free := make([]time.Duration, 6)
	for i, p := range simday.People(sc, 20261124) {
		desk := 0
		for d := range free {
			if free[d] < free[desk] {
				desk = d
			}
		}
		begin := max(p.Arrive, free[desk])
		start, end, name := fmt.Sprint(int(begin.Seconds())), begin+p.Length, fmt.Sprintf("D%d", desk+1)
		if p.Leaves > 0 && p.Leaves < begin {
			start, end, name = "", p.Leaves, ""
		} else {
			free[desk] = end
		}
		boost := 0
		if i%20 == 7 {
			boost = 300
		}
		w.Write([]string{"261124", fmt.Sprintf("261124-%04d", i+1), p.Service, fmt.Sprint(int(p.Arrive.Seconds())), start,
			fmt.Sprint(int(end.Seconds())), name, fmt.Sprint(boost)})
	}
	w.Flush()
	return out.Bytes()
}

func TestInventedDayIsTheOneInTestdata(t *testing.T) {
	const file = "testdata/invented.csv"
	if *update {
		if err := os.WriteFile(file, invented(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, invented()) {
		t.Fatal("testdata/invented.csv is not what simday invents; run with -update")
	}
	log, err := ReadLog(bytes.NewReader(have))
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Cases) < 50 || !slices.Equal(log.Desks(), []string{"D1", "D2", "D3", "D4", "D5", "D6"}) || len(log.Services()) != 3 {
		t.Fatalf("%d cases, desks %v, services %v", len(log.Cases), log.Desks(), log.Services())
	}
}

func TestBrokenLogIsToldLineByLine(t *testing.T) {
	head := strings.Join(columns, ",") + "\n"
	for name, c := range map[string]struct{ in, want string }{
		"head":        {"a,b\n", "the head of the day"},
		"empty":       {head, "nobody came"},
		"fields":      {head + "990201,x,A,1,2\n", "line 2: "},
		"day":         {head + "1999-02-01,x,A,1,2,3,D,0\n", `day "1999-02-01" is not YYMMDD`},
		"number":      {head + "990201,x,A,one,2,3,D,0\n", `arrive "one" is not a number of seconds`},
		"order":       {head + "990201,x,A,10,2,3,D,0\n", "times are not in order"},
		"no desk":     {head + "990201,x,A,1,2,3,,0\n", "served at no desk"},
		"two days":    {head + "990201,x,A,1,2,3,D,0\n990202,x,A,1,2,3,D,0\n", "line 3: more than one day"},
		"two at once": {head + "990201,x,A,q,2,3,D,0\n990201,x,,1,2,3,D,0\n", "line 3: no service"},
	} {
		if _, err := ReadLog(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzReadLog(f *testing.F) {
	f.Add(invented())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if log, err := ReadLog(bytes.NewReader(raw)); err == nil && len(log.Services()) == 0 {
			t.Fatal("a day without services")
		}
	})
}
