package reduce

import "slices"

var bytePasses = []pass{
	{"bytes", true, removeBytes},
	{"bytes to zero", true, zeroBytes},
	{"bytes to smaller ones", false, lowerBytes},
}

func removeBytes(input []byte) items {
	return items{len(input), func(from, to int) []byte { return slices.Concat(input[:from], input[to:]) }}
}

func zeroBytes(input []byte) items {
	return items{len(input), func(from, to int) []byte {
		out := slices.Clone(input)
		clear(out[from:to])
		return out
	}}
}

// lowerBytes has three items for each byte: half of it, one less, and a letter.
func lowerBytes(input []byte) items {
	return items{3 * len(input), func(from, _ int) []byte {
		out := slices.Clone(input)
		b := &out[from/3]
		switch from % 3 {
		case 0:
			*b /= 2
		case 1:
			*b--
		default:
			*b = 'a'
		}
		return out
	}}
}
