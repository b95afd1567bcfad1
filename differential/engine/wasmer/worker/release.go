//go:build cgo

package main

import wr "github.com/wasmerio/wasmer-go/wasmer"

// The worker is built against any release of the binding; what releases have differently is asked for here, when it runs.

// free closes what can be closed; in older releases that is left to the garbage collector.
func free(x any) {
	if c, ok := x.(interface{ Close() }); ok {
		c.Close()
	}
}

// universal chooses the engine that keeps code in memory, which had another name in older releases.
func universal(c *wr.Config) *wr.Config {
	switch c := any(c).(type) {
	case interface{ UseUniversalEngine() *wr.Config }:
		return c.UseUniversalEngine()
	case interface{ UseJITEngine() *wr.Config }:
		return c.UseJITEngine()
	}
	return c
}
