package feed

// Fault says why a calendar could not be read. Its words are in the catalogue
// under "feed.fault_"; nothing of the address or the calendar is in it.
type Fault struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// Error names the code alone.
func (f *Fault) Error() string { return "feed: " + f.Code }

// The codes of a Fault.
const (
	FaultUnreachable = "unreachable" // nobody answers
	FaultStatus      = "status"      // Status: the answer was another than expected
	FaultForbidden   = "forbidden"   // the address asks for a password, or refuses this one
	FaultMoved       = "moved"       // it sends to another address, which nobody configured
	FaultLarge       = "large"       // Max: megabytes
	FaultMany        = "many"        // Max: events
	FaultBroken      = "broken"      // Line: where it is no calendar
	FaultOffice      = "office"      // the office could not be asked now
)

// FaultCodes lists every code once, for the catalogue's test.
var FaultCodes = []string{FaultUnreachable, FaultStatus, FaultForbidden, FaultMoved, FaultLarge, FaultMany, FaultBroken, FaultOffice}
