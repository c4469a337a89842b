package door

// What a follower costs, in bytes: a socket of the kernel's, 5.1 kB as measured
// with 19,000 of them, and what this program keeps for it.
const (
	TakenBytes = 5_100 + 1_900  // taken over after the upgrade: 0.3 kB, and 1.5 kB for who follows a topic alone
	PlainBytes = 5_100 + 20_000 // served by a goroutine and a reader of its own
)

// What else needs descriptors. It is a sum of what is open at most, rounded up:
// listeners, epoll and timers 10; the database with its log and index, for
// readers and the writer, 40; clips, scrapes of the metrics, calendars, mail and
// SMS 30; those refused who still read their answer 64; those just being taken
// over, who have two, 48.
const otherDescriptors = 192

const (
	connectionsMost  = 2_000 // at once, followers not counted; about 20 kB each
	connectionsLeast = 800   // kept free for them, where there are enough descriptors
	// addressMost is for one address: a town hall's Wi-Fi with 300 phones that
	// load a page and follow, or begin two at once.
	addressMost = 600
	// baseMemory is what the program takes without followers.
	baseMemory = 256 << 20
)

// Machine is what the program may use. Zero is not known, and bounds nothing.
type Machine struct {
	Descriptors int
	Memory      int64
}

// Want is what is configured.
type Want struct {
	Followers     int // at most
	Reserved      int // of these for who works here
	FollowerBytes int // TakenBytes or PlainBytes
}

// Bound is what a number of places comes from.
type Bound string

// The bounds.
const (
	ByConfiguration Bound = "configuration"
	ByDescriptors   Bound = "descriptors"
	ByMemory        Bound = "memory"
)

// Places are how many fit.
type Places struct {
	Machine
	Followers     int
	Reserved      int // of the followers, for who works here
	FollowerBytes int
	Connections   int // at once that are no followers
	PerAddress    int // of these from one address
	Bound         Bound
}

// Fit says how many followers and connections a machine holds, at least one of
// each. Followers come first where both do not fit, as long as a third is left.
func Fit(m Machine, w Want) Places {
	p := Places{Machine: m, Followers: max(w.Followers, 1), FollowerBytes: max(w.FollowerBytes, 1), Connections: connectionsMost, Bound: ByConfiguration}
	if m.Memory > 0 {
		// A machine too small for the sum still gets some.
		free := max(m.Memory-baseMemory, m.Memory/4)
		if n := int(min(free/int64(p.FollowerBytes), 1<<30)); n < p.Followers {
			p.Followers, p.Bound = max(n, 1), ByMemory
		}
	}
	if m.Descriptors > 0 {
		rest := max(m.Descriptors-otherDescriptors, 2)
		if n := rest - min(connectionsLeast, max(rest/3, 1)); n < p.Followers {
			p.Followers, p.Bound = n, ByDescriptors
		}
		p.Connections = min(connectionsMost, rest-p.Followers)
	}
	p.PerAddress = min(addressMost, p.Connections-p.Connections/4)
	p.Reserved = min(w.Reserved, p.Followers/4)
	return p
}
