package main

import (
	"errors"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// byteSize is a number of bytes as a flag: "65536", "64KiB", "2GiB".
type byteSize uint64

// String returns the size in the largest unit that divides it.
func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return policy.FormatBytes(uint64(*b))
}

// Set parses a positive size.
func (b *byteSize) Set(s string) error {
	n, err := policy.ParseBytes(s)
	if err == nil && n == 0 {
		err = errors.New("the size must be positive")
	}
	if err == nil {
		*b = byteSize(n)
	}
	return err
}
