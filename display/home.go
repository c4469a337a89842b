package display

// Home is the first page: the town's offices, and where a person who signed in
// may go from here. It is public but for the staff's doors.
type Home struct {
	Town    Names        `json:"town"`
	Person  string       `json:"person"` // the account's name; empty: nobody signed in
	Offices []HomeOffice `json:"offices"`
}

// HomeOffice is one office with its doors: those that the reader may open.
type HomeOffice struct {
	Public     Office   `json:"public"`
	Screens    []Screen `json:"screens"` // boards that may be opened from here
	Kiosk      bool     `json:"kiosk"`
	Desk       bool     `json:"desk"`
	Reception  bool     `json:"reception"`
	Supervisor bool     `json:"supervisor"`
}

// Setup is the page behind the one-time link. Before the first account there
// is nothing to tell; after it, which offices could be opened now.
type Setup struct {
	Done    bool         `json:"done"` // the account is made and signed in
	Offices []HomeOffice `json:"offices"`
}

// SignIn is the form for staff: what was typed before a refusal, and where to
// go afterwards. A password is never in it.
type SignIn struct {
	Name string `json:"name"`
	Next string `json:"next"` // a path of this server; empty: the first page
}
