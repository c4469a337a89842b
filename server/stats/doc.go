// Package stats keeps what came of each visit and of each wait that was told,
// as anonymous rows, and answers questions about them. It follows the journals
// with a stored cursor: what a row says is folded from records alone, and each
// row stands under the number of the record that began the visit, once for
// visits and once for promises. Killed anywhere, it reads on and the row is
// there once. It neither decides nor delays anything about the line.
package stats
