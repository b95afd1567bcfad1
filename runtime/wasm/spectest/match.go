package spectest

import (
	"fmt"
	"strings"
)

// laneBits gives the number of bits of the types of lanes.
var laneBits = map[string]int{"i8": 8, "i16": 16, "i32": 32, "f32": 32, "i64": 64, "f64": 64}

// lane returns lane i of a vector as a value of its own, and its width. Integers are i64.
func (v *Val) lane(i int) (val *Val, width int) {
	t := v.LaneType
	if strings.HasPrefix(t, "i") {
		t = "i64"
	}
	return &Val{Type: t, Value: v.Lanes[i]}, laneBits[v.LaneType]
}

// Halves returns the low and the high half of a vector.
func (v *Val) Halves() (low, high uint64, err error) {
	var halves [2]uint64
	for i := range v.Lanes {
		val, width := v.lane(i)
		bits, err := val.Bits()
		if err != nil || width == 0 || len(v.Lanes)*width != 128 {
			return 0, 0, fmt.Errorf("lane %d of %d of type %s: %v", i, len(v.Lanes), v.LaneType, err)
		}
		bits &= 1<<width - 1
		halves[i*width/64] |= bits << (i * width % 64)
	}
	return halves[0], halves[1], nil
}

// nanForms has the bits of the canonical NaN and of the sign of each float type.
var nanForms = map[string]struct{ canonical, sign uint64 }{
	"f32": {0x7fc00000, 1 << 31},
	"f64": {0x7ff8000000000000, 1 << 63},
}

// Fits reports whether a number or, of two halves, a vector is what a script expects, bit by bit or by the pattern of a NaN. The type of
// the number must be that of v.
func (v *Val) Fits(low, high uint64) bool {
	if v.Type == "v128" {
		return v.lanesFit([2]uint64{low, high})
	}
	form := nanForms[v.Type]
	switch v.Value {
	case "":
		return true
	case NaNCanonical:
		return low&^form.sign == form.canonical
	case NaNArithmetic:
		return low&form.canonical == form.canonical
	}
	bits, err := v.Bits()
	return err == nil && low == bits
}

// lanesFit reports whether each lane fits what the script expects of it.
func (v *Val) lanesFit(halves [2]uint64) bool {
	for i := range v.Lanes {
		val, width := v.lane(i)
		if width == 0 || len(v.Lanes)*width != 128 {
			return false
		}
		bits := halves[i*width/64] >> (i * width % 64) & (1<<width - 1)
		if val.Type == "i64" { // scripts write integers signed as well
			want, err := val.Bits()
			if err != nil || want&(1<<width-1) != bits {
				return false
			}
		} else if !val.Fits(bits, 0) {
			return false
		}
	}
	return len(v.Lanes) > 0
}

// TrapMeans reports whether a script's text means the class of trap that the given text names. The scripts shorten some texts
// ("undefined"), add to others ("uninitialized element 7"), and 1.0 called it an error of linking if a segment did not fit.
func TrapMeans(text, class string) bool {
	if in20, ok := TrapsIn20[text]; ok {
		text = in20
	}
	return text != "" && (strings.HasPrefix(class, text) || strings.HasPrefix(text, class))
}

// TrapsIn20 gives the text of the trap by which 2.0 replaced an error of linking in 1.0: since bulk operations came in,
// active segments are copied one after the other and the first that does not fit traps.
var TrapsIn20 = map[string]string{
	"data segment does not fit":     "out of bounds memory access",
	"elements segment does not fit": "out of bounds table access",
}
