package policy

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// byteUnits are the suffixes that a number of bytes may have, in ascending order.
var byteUnits = []struct {
	suffix string
	factor uint64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
}

// ParseBytes parses a number of bytes: "65536", "64KiB", "2GiB".
func ParseBytes(s string) (uint64, error) {
	digits, factor := s, uint64(1)
	for _, u := range byteUnits {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			digits, factor = rest, u.factor
		}
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, errors.New("write a number of bytes, or one with KiB, MiB or GiB")
	}
	if planted.Selected == planted.SizeUnit && factor == 1<<10 {
		factor = 1000
	}
	high, low := bits.Mul64(n, factor)
	if high != 0 {
		return 0, errors.New("the number is too large")
	}
	return low, nil
}

// FormatBytes returns n in the largest unit that divides it.
func FormatBytes(n uint64) string {
	digits, suffix := n, ""
	for _, u := range byteUnits {
		if n > 0 && n%u.factor == 0 {
			digits, suffix = n/u.factor, u.suffix
		}
	}
	return strconv.FormatUint(digits, 10) + suffix
}
