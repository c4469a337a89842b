// Package live brings what each audience sees to whoever follows. The Hub
// holds, for each topic, the newest frame and the seats that wait for it; the
// Cast makes frames from the offices' states, for watched topics only.
//
// A frame is the whole small state of one audience. So nobody keeps a backlog:
// who is slow gets the newest and never learns of those in between, and coming
// back after an outage is the first frame again. Publishing never waits for
// anybody. A seat that asked for it takes a frame as what is other in it than in
// the frame before, if it has taken that one.
//
// The room knows no sockets. A Seat is a few words of memory without a
// goroutine or channel of its own; whoever writes to a socket asks its seat
// for the newest frame, waiting in Next, or with Newest and Wake where one
// writer serves many seats.
package live
