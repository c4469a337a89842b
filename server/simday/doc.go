// Package simday invents days of a town hall: who comes when, for what, how
// long it takes, who booked and who does not come after all. It is pure: the
// same seed gives the same day. Demonstrations, tests and benchmarks use it.
//
// People invents the visitors of a morning for the demonstration, which the
// real program then serves. Office.Play goes further: it also plays the desks,
// by the policy of the exchange format, asks how long people will wait, and
// knows what came of it. How its clerks walk, pause and forget was measured on
// the published forecast days; its services, offices and days are its own.
package simday
