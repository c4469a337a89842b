package main

import ("context";"errors")

var errNot = errors.New("not yet")
func mixed(ctx context.Context, args []string) error { return errNot }
func soak(ctx context.Context, args []string) error { return errNot }
func report(args []string) error { return errNot }
