// Package yardstick says how well waits were predicted. It reads a stream of
// office days in the exchange format together with its truth, lets systems
// answer the questions in it, and scores the answers as the format lays down.
//
// It holds the rules that are known (the rule of ZMS, queue length, the last
// and the first person's wait) as systems to stand beside ours, and runs any
// program that speaks the format. It leaves the estimate itself to package
// forecast and the invention of days to package simday.
package yardstick
