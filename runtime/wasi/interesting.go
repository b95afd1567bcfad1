package wasi

// Interesting returns values that are worth trying for an argument of this kind, one slice for each core type that the
// kind is lowered to, in a memory of memSize bytes. They lie on both sides of every bound that the checks know.
func (k *Kind) Interesting(memSize uint64) [][]uint64 {
	switch k.class {
	case classEnum:
		return [][]uint64{append(upTo(k.limit), k.limit+1, 1<<31, 1<<32-1)}
	case classFlags:
		values := []uint64{0, k.mask, k.mask + 1, 1 << 31, 1<<32 - 1}
		for bit := uint64(1); bit <= k.mask; bit <<= 1 {
			values = append(values, k.mask&bit)
		}
		return [][]uint64{values}
	case classFD, classSocket:
		return [][]uint64{append(upTo(8), DefaultMaxFDs, 1<<31-1, 1<<31, 1<<32-1)}
	case classPtr, classArray, classAddress, classList:
		return [][]uint64{addresses(memSize, max(k.size, 1))}
	case classBuffer, classPath, classText:
		return [][]uint64{addresses(memSize, 16), {0, 1, 2, 16, MaxPath - 1, MaxPath, memSize, memSize + 1, 1 << 31, 1<<32 - 1}}
	case classOption:
		return [][]uint64{addresses(memSize, 16), addresses(memSize, 4)}
	case classIovecs:
		return [][]uint64{addresses(memSize, sizeOfIovec), {0, 1, 2, MaxIovecs, MaxIovecs + 1, 1 << 29, 1<<32 - 1}}
	}
	values := []uint64{0, 1, 2, memSize, 1<<31 - 1, 1 << 31, 1<<32 - 1}
	if len(k.Core) == 1 && k.Core[0] == i64[0] {
		values = append(values, 1<<32, 1<<62, 1<<63-1, 1<<63, 1<<64-1)
	}
	return [][]uint64{values}
}

// upTo returns the numbers from 0 to n, or some of them if n is large.
func upTo(n uint64) []uint64 {
	var values []uint64
	for v := uint64(0); v <= min(n, 8); v++ {
		values = append(values, v)
	}
	if n > 8 {
		values = append(values, n-1, n)
	}
	return values
}

// addresses returns addresses around the places where size bytes just fit or just do not.
func addresses(memSize, size uint64) []uint64 {
	values := []uint64{0, 1, 8, 1024, memSize / 2}
	for _, v := range []uint64{memSize - size, memSize - size + 1, memSize - 1, memSize, memSize + 1} {
		values = append(values, v&(1<<32-1))
	}
	return append(values, 1<<31, 1<<32-1)
}
