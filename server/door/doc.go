// Package door is how connections come in, and how many fit. It stands before
// the server's listener: lets a stampede in at a pace at which open connections
// are still served, keeps who says nothing from filling the house, answers with
// a 503 where there is no room, and goes on when descriptors have run out. Fit
// says what a machine holds.
//
// It knows connections and nothing of what is said on them: whoever serves a
// connection tells the door when it is busy, idle and gone. A connection that
// was let in is the listener's own, not a wrapper, so that its descriptor can be
// taken over. Followers are gone for the door once they follow; they are counted
// elsewhere.
package door
