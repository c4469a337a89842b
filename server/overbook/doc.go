// Package overbook decides how many visits more than the desks can take may be
// sold on days to come, since some of those who booked will not come. It sells
// no more than will probably be missing, by what was learned of this office, and
// only where the day played forward with these visits keeps everybody's wait
// within the office's target. Without a target, or before enough was learned,
// nothing is sold beyond the desks.
//
// Decide is pure. Worker looks every few minutes, gives an office what changed,
// and keeps the reasons for whoever asks.
package overbook
