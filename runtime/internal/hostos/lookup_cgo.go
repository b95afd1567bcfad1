//go:build cgo

package hostos

import (
	"context"
	"errors"
	"net/netip"
)

// LookupName returns an error: package net would bring in C, and with C in the process Landlock does not hold for all of its threads.
func LookupName(_ context.Context, name string) ([]netip.Addr, error) {
	return nil, errors.New("names are resolved only in programs without C; write the address, or build with CGO_ENABLED=0")
}
