// Package display holds what each audience sees: views, which are functions of
// the state that hold only what that audience may know, the pages that show
// them, and the catalogue of words. A view carries keys, numbers and instants;
// words are chosen in the browser, so one frame serves all languages. It
// carries no figure that runs with the clock ("for 12 minutes"): the screen
// counts from the instants by itself.
package display
