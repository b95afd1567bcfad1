package policy

// hostSet is a set of host descriptors, a bit each: the host gives out the lowest number that is free, so that they are small.
// NoHost is in no set.
type hostSet []uint64

func (s hostSet) has(fd int32) bool {
	return fd >= 0 && int(fd/64) < len(s) && s[fd/64]>>(fd%64)&1 != 0
}

func (s *hostSet) add(fd int32) {
	if fd < 0 {
		return
	}
	for int(fd/64) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[fd/64] |= 1 << (fd % 64)
}

func (s hostSet) remove(fd int32) {
	if s.has(fd) {
		s[fd/64] &^= 1 << (fd % 64)
	}
}
