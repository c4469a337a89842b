package main

import ("context";"errors")

var errNot = errors.New("not yet")
func storm(ctx context.Context, args []string) error { return errNot }
func commands(ctx context.Context, args []string) error { return errNot }
func mixed(ctx context.Context, args []string) error { return errNot }
func soak(ctx context.Context, args []string) error { return errNot }
func report(args []string) error { return errNot }
func serveTown(args []string) error { return errNot }
