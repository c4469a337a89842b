package web

import "testing"

// Being on this machine lets board and kiosk in, and proves nothing else: who
// sends no proof at all is asked to sign in, as anywhere.
func TestStrangerOnThisMachineIsAskedToSignIn(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.TrustLocal = true })
	h.open()
	const draw = `{"services":[{"id":"passport","quantity":1}]}`
	h.want(401, h.get("", "/api/v1/offices/hall/queue"))
	h.want(401, h.post("", "/api/v1/offices/hall/desks/1/next", ""))
	h.want(401, h.post("", "/api/v1/offices/hall/tickets", draw))
	h.want(403, h.post("", "/api/v1/offices/hall/tickets", draw, header{"Origin", "http://evil.example"}))
	h.want(403, h.post("", "/api/v1/offices/hall/tickets", draw, header{"Sec-Fetch-Site", "cross-site"}))
	h.want(201, h.post("", "/api/v1/offices/hall/tickets", draw, header{"Sec-Fetch-Site", "same-origin"}))
}
