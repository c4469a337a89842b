package app_test

import (
	"time"

	"aufruf/server/calendar/morning"
)

// zone is where the offices of the tests lie: it is morning there, whenever the
// tests run.
var zone = morning.Name(time.Now())

// smallTown is a configuration for tests: one office with six desks and one
// with two, closed by their hours and opened from the command line.
var smallTown = `
town: { de: Kleinstadt, en: Smallville }
devices: { trust_local: true }
speech: { command: 'no-voice-in-tests {lang} {file} {text}' }
offices:
  - id: hall
    names: { de: Rathaus, en: Town hall }
    zone: ` + zone + `
    hours: []
    park_reasons: [papers_missing, break]
    categories:
      - { id: cards, letter: A, names: { de: Ausweise, en: Cards } }
      - { id: home, letter: B, names: { de: Wohnen, en: Home } }
    services:
      - { id: card, category: cards, names: { de: Personalausweis, en: ID card } }
      - { id: move, category: home, names: { de: Ummeldung, en: Moving } }
    desks:
      - { id: d1, names: { de: Platz 1, en: Desk 1 }, direction: left }
      - { id: d2, names: { de: Platz 2, en: Desk 2 }, direction: left }
      - { id: d3, names: { de: Platz 3, en: Desk 3 } }
      - { id: d4, names: { de: Platz 4, en: Desk 4 } }
      - { id: d5, names: { de: Platz 5, en: Desk 5 } }
      - { id: d6, names: { de: Platz 6, en: Desk 6 } }
  - id: works
    names: { de: Bauamt, en: Building office }
    zone: ` + zone + `
    hours: []
    categories:
      - { id: permits, letter: W, names: { de: Anträge, en: Permits } }
    services:
      - { id: permit, category: permits, names: { de: Bauantrag, en: Building permit } }
    desks:
      - { id: d1, names: { de: Zimmer 1, en: Room 1 } }
      - { id: d2, names: { de: Zimmer 2, en: Room 2 } }
screens:
  - { id: lobby, office: hall, names: { de: Halle }, languages: [de, en] }
  - { id: hallway, office: works, names: { de: Flur }, languages: [de] }
`
