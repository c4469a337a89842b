package queue

import "slices"

// PapersOf are the papers of a visit, each once and without hints, in the order
// of its services.
func (r *Rules) PapersOf(items []Item) []Paper {
	var papers []Paper
	for _, it := range items {
		sv := r.Service(it.Service)
		if sv == nil {
			continue
		}
		for _, p := range sv.Papers {
			if !p.Hint && !slices.ContainsFunc(papers, func(o Paper) bool { return o.ID == p.ID }) {
				papers = append(papers, p)
			}
		}
	}
	return papers
}

func markPapers(r *Rules, s *State, c MarkPapers) ([]Event, error) {
	t := s.Ticket(c.Ticket)
	if t == nil {
		return nil, refuse(RefusedUnknownTicket)
	}
	if t.State.Final() || t.State == Sent {
		return nil, refuseState(t)
	}
	papers := r.PapersOf(t.Services)
	var missing []string
	for _, p := range papers {
		if slices.Contains(c.Papers, p.ID) {
			missing = append(missing, p.ID)
		}
	}
	if len(missing) != len(c.Papers) {
		return nil, refuse(RefusedUnknownPaper)
	}
	return []Event{PapersMissing{Ticket: t.ID, Papers: missing}}, nil
}
