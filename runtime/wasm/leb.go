package wasm

// AppendU32 appends x as an unsigned LEB128 number in as few bytes as possible.
func AppendU32(dst []byte, x uint32) []byte { return appendUnsigned(dst, uint64(x)) }

// AppendS32 appends x as a signed LEB128 number in as few bytes as possible.
func AppendS32(dst []byte, x int32) []byte { return AppendS64(dst, int64(x)) }

// AppendS64 appends x as a signed LEB128 number in as few bytes as possible.
func AppendS64(dst []byte, x int64) []byte {
	for {
		b := byte(x) & 0x7f
		x >>= 7
		// The last byte is the first whose sign bit says all that is left.
		if x == 0 && b&0x40 == 0 || x == -1 && b&0x40 != 0 {
			return append(dst, b)
		}
		dst = append(dst, b|0x80)
	}
}

func appendUnsigned(dst []byte, x uint64) []byte {
	for ; x >= 0x80; x >>= 7 {
		dst = append(dst, byte(x)|0x80)
	}
	return append(dst, byte(x))
}
