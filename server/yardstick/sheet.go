package yardstick

import (
	"errors"
	"fmt"
	"io"
)

// Entry is one system on one scenario.
type Entry struct {
	Scenario, System string
	Limit            bool // this is the oracle
	Cases            []Case
	Score
	// MAERatio and CRPSRatio are against the oracle, 0 where there is none.
	MAERatio, CRPSRatio float64
}

// Pooled is the name under which all scenarios of a sheet stand together.
const Pooled = "pooled"

// Sheet is the scores of some systems on some scenarios, scenario by scenario
// and then pooled.
type Sheet struct {
	Title     string
	Scenarios []string
	Systems   []string
	Ours      string // the system that the goals are for, or none
	Entries   []Entry
}

// Measure runs every system over every source. It writes a line on progress
// for each scenario.
func Measure(title string, sources []Source, makers []Maker, progress io.Writer) (*Sheet, error) {
	sheet := &Sheet{Title: title}
	for _, m := range makers {
		sheet.Systems = append(sheet.Systems, m.Name)
		if m.Ours {
			sheet.Ours = m.Name
		}
	}
	for i, source := range sources {
		d, err := source.Load()
		if err != nil {
			return nil, err
		}
		sheet.Scenarios = append(sheet.Scenarios, source.Name)
		for _, m := range makers {
			if err := sheet.run(d, m); err != nil {
				return nil, fmt.Errorf("%s: %w", m.Name, err)
			}
		}
		if d.Limit != nil {
			sheet.Entries = append(sheet.Entries, Entry{Scenario: d.Name, System: LimitName, Limit: true, Score: *d.Limit})
		}
		fmt.Fprintf(progress, "%2d/%d %-20s %6d lines %6d questions\n", i+1, len(sources), d.Name, len(d.Lines), len(d.Truth))
	}
	sheet.pool()
	sheet.ratios()
	return sheet, nil
}

// LimitName is how the oracle is called.
const LimitName = "oracle (limit)"

// run adds a system's entry for one scenario.
func (sh *Sheet) run(d *Days, m Maker) (err error) {
	s, err := m.New(d)
	if err != nil || s == nil {
		return err
	}
	if c, ok := s.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	cases, err := d.Run(s)
	if err != nil {
		return err
	}
	for i := range cases {
		cases[i].Scenario = d.Name
	}
	sh.Entries = append(sh.Entries, Entry{Scenario: d.Name, System: m.Name, Limit: m.Limit, Cases: cases, Score: Of(cases)})
	return nil
}

// pool adds the entries of all scenarios together, for the systems that ran on
// all of them.
func (sh *Sheet) pool() {
	if len(sh.Scenarios) < 2 {
		return
	}
	for _, name := range sh.Systems {
		var cases []Case
		ran, limit := 0, false
		for _, e := range sh.Entries {
			if e.System == name && e.Cases != nil {
				ran, limit, cases = ran+1, e.Limit, append(cases, e.Cases...)
			}
		}
		if ran == len(sh.Scenarios) {
			sh.Entries = append(sh.Entries, Entry{Scenario: Pooled, System: name, Limit: limit, Cases: cases, Score: Of(cases)})
		}
	}
	if s := PublishedPooled(sh.Scenarios); s != nil {
		sh.Entries = append(sh.Entries, Entry{Scenario: Pooled, System: LimitName, Limit: true, Score: *s})
	}
}

func (sh *Sheet) ratios() {
	for i := range sh.Entries {
		e := &sh.Entries[i]
		if l := sh.LimitOf(e.Scenario); l != nil && l.MAE > 0 && l.CRPS > 0 {
			e.MAERatio, e.CRPSRatio = e.MAE/l.MAE, e.CRPS/l.CRPS
		}
	}
}

// LimitOf returns the oracle's entry on a scenario, or nil.
func (sh *Sheet) LimitOf(scenario string) *Entry {
	for i := range sh.Entries {
		if e := &sh.Entries[i]; e.Limit && e.Scenario == scenario {
			return e
		}
	}
	return nil
}

// At returns a system's entry on a scenario, or nil.
func (sh *Sheet) At(scenario, system string) *Entry {
	for i := range sh.Entries {
		if e := &sh.Entries[i]; e.Scenario == scenario && e.System == system {
			return e
		}
	}
	return nil
}
