package main

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// byteUnits are the suffixes that a size may have.
var byteUnits = []struct {
	suffix string
	factor uint64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
}

// byteSize is a number of bytes as a flag: "65536", "64KiB", "2GiB".
type byteSize uint64

// String returns the size in the largest unit that divides it.
func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	n, suffix := uint64(*b), ""
	for _, u := range byteUnits {
		if uint64(*b)%u.factor == 0 {
			n, suffix = uint64(*b)/u.factor, u.suffix
		}
	}
	return strconv.FormatUint(n, 10) + suffix
}

// Set parses a positive size.
func (b *byteSize) Set(s string) error {
	digits, factor := s, uint64(1)
	for _, u := range byteUnits {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			digits, factor = rest, u.factor
		}
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return fmt.Errorf("write a number of bytes, or one with KiB, MiB or GiB")
	}
	high, low := bits.Mul64(n, factor)
	if high != 0 {
		return fmt.Errorf("the number is too large")
	}
	if low == 0 {
		return fmt.Errorf("the size must be positive")
	}
	*b = byteSize(low)
	return nil
}
