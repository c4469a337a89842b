// Package config reads config.yaml: strictly, and with all complaints at once.
//
// It goes four steps, each in files of its own. source.go makes a syntax tree
// of the text and refuses what no operator needs (anchors, tags, several
// documents, depth). read*.go walk the tree against a table of keys into a
// draft. check*.go look for what contradicts itself. build.go makes the rules
// of the queue from a draft that is sound. Complaints of reading and checking
// come together; only a text that is no YAML stops the rest, because nothing
// can be said about it.
//
// A complaint says the line, the column and the path of its key, and its words
// come from the catalogue under "config.".
package config
