// Package cover measures which blocks of the project's code the inputs of a fuzz target execute, and chooses few inputs that together
// execute all that many do.
package cover

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Unit is a block of code: package, function and number in the function, as the Go toolchain numbers them in one binary.
type Unit uint64

func unit(pkg, function, counter uint32) Unit {
	return Unit(pkg)<<44 | Unit(function)<<20 | Unit(counter)
}

// The layout of what [coverage.WriteCounters] writes, version 1, as internal/coverage of the standard library describes it: a header, a
// segment that begins with a header, a table of strings and the arguments of the program, and a footer.
const (
	headerSize  = 32
	segmentSize = 16
	version     = 1
	rawFlavor   = 1
	lebFlavor   = 2
)

var magic = [4]byte{0, 'c', 'w', 'm'}

var errCounters = errors.New("the toolchain writes its coverage counters in a form that is not known")

// units returns the blocks whose counters are not zero.
func units(data []byte) ([]Unit, error) {
	if len(data) < headerSize+segmentSize || [4]byte(data) != magic || binary.LittleEndian.Uint32(data[4:]) != version || data[25] != 0 {
		return nil, errCounters
	}
	flavor := data[24]
	r := &reader{data: data, pos: headerSize, leb: flavor == lebFlavor}
	if !r.leb && flavor != rawFlavor {
		return nil, errCounters
	}
	entries := binary.LittleEndian.Uint64(data[headerSize:])
	skip := uint64(binary.LittleEndian.Uint32(data[headerSize+8:])) + uint64(binary.LittleEndian.Uint32(data[headerSize+12:]))
	if skip > uint64(len(data)) {
		return nil, errCounters
	}
	r.pos += segmentSize + int(skip)
	r.pos = (r.pos + 3) &^ 3
	var list []Unit
	for range entries {
		n, pkg, function := r.next(), r.next(), r.next()
		for i := range n {
			if r.next() != 0 {
				list = append(list, unit(pkg, function, i))
			}
			if r.failed {
				return nil, errCounters
			}
		}
	}
	if r.failed {
		return nil, errCounters
	}
	slices.Sort(list)
	return list, nil
}

// reader reads the numbers of a segment.
type reader struct {
	data   []byte
	pos    int
	leb    bool
	failed bool
}

func (r *reader) next() uint32 {
	if r.failed || r.pos > len(r.data) {
		r.failed = true
		return 0
	}
	if r.leb {
		v, n := binary.Uvarint(r.data[r.pos:])
		if n <= 0 || v > 1<<32-1 {
			r.failed = true
			return 0
		}
		r.pos += n
		return uint32(v)
	}
	if r.pos+4 > len(r.data) {
		r.failed = true
		return 0
	}
	r.pos += 4
	return binary.LittleEndian.Uint32(r.data[r.pos-4:])
}
