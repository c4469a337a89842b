// Package sqlite keeps everything of one machine in one file: the journal,
// accounts, people. It is the only room that knows go-sqlite3. What it
// acknowledges is on disk; when the disk fails it refuses to write until it is
// opened anew; when the disk is full it says so and recovers by itself.
package sqlite
