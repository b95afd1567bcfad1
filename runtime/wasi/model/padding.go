package model

// gap is a part of a structure that is in no field, from one byte to another.
type gap struct{ from, to uint64 }

// The gaps of the structures of preview 1, as their fields and alignments give them.
var (
	fdstatGaps   = []gap{{1, 2}, {4, 8}}
	filestatGaps = []gap{{17, 24}}
	prestatGaps  = []gap{{1, 4}}
	eventGaps    = []gap{{11, 16}, {26, 32}}
	direntGaps   = []gap{{21, 24}}
)

// padded checks that the gaps of a structure at addr hold what they held, or zeros: anything else would be of the host's memory.
func (s *step) padded(addr uint64, gaps []gap) {
	for _, g := range gaps {
		for at := addr + g.from; at < addr+g.to; at++ {
			if b := s.o.After[at]; b != 0 && b != s.o.Before[at] {
				s.breach("padding is not the guest's", "%#x at %#x, in a structure at %#x", b, at, addr)
				return
			}
		}
	}
}
