package hostcall

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// scratch is where the memory begins that a call's arguments are laid out in.
const scratch = 4096

// generator makes one call.
type generator struct {
	t     *tape.Tape
	opts  *Options
	out   Call
	next  uint32 // free memory
	last  uint32 // the block before it
	count uint64 // of array elements
}

func (g *generator) call(row *wasi.Hostcall) Call {
	g.out.Row = row
	g.count = uint64(g.t.Byte() % 5)
	for i := range row.Params {
		g.param(&row.Params[i])
	}
	return g.out
}

func (g *generator) arg(values ...uint64) {
	for _, v := range values {
		g.out.Args = append(g.out.Args, Arg{Value: v})
	}
}

// param appends the arguments of one parameter. Kinds that mean no more than a number need no case.
func (g *generator) param(p *wasi.Param) {
	k := p.Kind
	switch {
	case k == wasi.FD:
		g.fd(p.Rights)
	case k == wasi.Path || k == wasi.Target:
		g.arg(g.text(g.path())...)
	case k == wasi.IovecsIn || k == wasi.IovecsOut:
		g.iovecs(k.Writes())
	case k == wasi.SubsIn:
		g.arg(g.subscriptions())
	case k == wasi.EventsOut:
		g.arg(g.pointer(g.count*32, true))
	case k == wasi.Count:
		g.arg(g.count)
	case len(k.Core) == 2:
		n := g.length()
		g.out.Capacity += n
		g.arg(g.pointer(n, k.Writes()), n)
	case k.Writes():
		g.arg(g.pointer(outSize(k), true))
	default:
		if list := usual[k]; len(list) > 0 && !g.t.Chance(30) {
			g.arg(tape.Pick(g.t, list))
			return
		}
		g.arg(g.number(k.Core[0]))
	}
}

// outSize is a bound on what a call writes through a pointer of kind k.
func outSize(k *wasi.Kind) uint64 {
	switch k {
	case wasi.SizeOut, wasi.FDOut:
		return 4
	case wasi.FlagsOut:
		return 2
	case wasi.FsizeOut, wasi.TimeOut, wasi.PrestatOut:
		return 8
	case wasi.FdstatOut:
		return 24
	}
	return 64
}

// onDirs are the rights that only directories give.
const onDirs = wasi.RightFdReaddir | wasi.RightPathOpen | wasi.RightPathCreateDirectory | wasi.RightPathFilestatGet |
	wasi.RightPathFilestatSetTimes | wasi.RightPathLinkSource | wasi.RightPathLinkTarget | wasi.RightPathReadlink |
	wasi.RightPathRemoveDirectory | wasi.RightPathRenameSource | wasi.RightPathRenameTarget | wasi.RightPathSymlink |
	wasi.RightPathUnlinkFile

// fd appends a descriptor: mostly one that gives the rights which the call needs, sometimes any, sometimes none.
func (g *generator) fd(need wasi.Rights) {
	from := AnyFD
	switch k := g.t.Byte(); {
	case k >= 244:
		g.arg(tape.Pick(g.t, []uint64{5, 6, 7, 30, 31, 32, 100, 1023, 0x7fffffff, 0x80000000, 0xffffffff}))
		return
	case k < 222 && need&onDirs != 0:
		from = DirFD
	case k < 222 && need != 0, k < 100:
		from = OpenFD
	}
	g.out.Args = append(g.out.Args, Arg{Value: uint64(g.t.Byte()), From: from})
}

// allRights are all bits that mean something.
const allRights = 1<<30 - 1

// usual are values that kinds of numbers, flags and enumerations have in programs.
var usual = map[*wasi.Kind][]uint64{
	wasi.Lookup:   {1, 0},
	wasi.Clockid:  {0, 1},
	wasi.WhenceOf: {0, 1, 2},
	wasi.Oflags: {0, 0, 0, uint64(wasi.OCreat), uint64(wasi.OCreat | wasi.OTrunc), uint64(wasi.OCreat | wasi.OExcl),
		uint64(wasi.ODirectory), uint64(wasi.OTrunc)},
	wasi.Fdflags: {0, 0, 0, 0, uint64(wasi.FDAppend), uint64(wasi.FDNonblock), uint64(wasi.FDAppend | wasi.FDNonblock)},
	wasi.RightsSet: {allRights, allRights, 1<<64 - 1, 0, uint64(wasi.RightFdRead), uint64(wasi.RightFdRead | wasi.RightFdSeek | wasi.RightFdTell),
		uint64(wasi.RightFdWrite), uint64(wasi.RightFdReaddir)},
	wasi.Filesize: {0, 1, 5, 22, 100, 640, 1 << 16},
	wasi.Delta:    {0, 1, 10, 1<<64 - 1, 1<<64 - 5},
	wasi.Cookie:   {0, 1, 2, 5},
	wasi.NewFD:    {3, 4, 5, 6},
}

// numbers are the values of parameters that are plain numbers, flags or enumerations.
var numbers = []uint64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 31, 32, 63, 64, 100, 255, 256, 4095, 4096, 4097, 65535, 65536,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
	0xfffffffffffffff0,
}

// number reads a number: mostly a small one, because most are flags; for 64 bits often all ones, because many are rights.
func (g *generator) number(t wasm.ValType) uint64 {
	x := uint64(0)
	switch k := g.t.Byte(); {
	case k < 140:
		x = uint64(k % 16)
	case k < 180 && t == wasm.I64:
		x = 1<<30 - 1
	case k < 240:
		x = tape.Pick(g.t, numbers)
	default:
		x = g.t.Uint64()
	}
	if t == wasm.I32 {
		x &= 0xffffffff
	}
	return x
}

// length reads the length of a buffer.
func (g *generator) length() uint64 {
	switch k := g.t.Byte(); {
	case k < 200:
		return uint64(k)
	case k < 240:
		return uint64(g.t.Uint16()) % 9000
	}
	return tape.Pick(g.t, []uint64{0, 1, 65535, 65536, MemorySize, MemorySize + 1, 0x7fffffff, 0x80000000, 0xffffffff})
}

// alloc takes n bytes of free memory; what does not fit overlaps with the beginning.
func (g *generator) alloc(n uint64) uint32 {
	if uint64(g.next)+n > MemorySize-4096 {
		g.next = scratch
	}
	g.last = g.next
	g.next += uint32(min(n, MemorySize/4)+7) &^ 7
	return g.last
}

// pointer reads the address of n bytes: mostly free memory; sometimes not aligned, overlapping with what was used before,
// at the edge of the memory, or outside. If out is set, the call may write there.
func (g *generator) pointer(n uint64, out bool) uint64 {
	var p uint64
	switch k := g.t.Byte(); {
	case k < 205:
		p = uint64(g.alloc(n))
	case k < 215:
		p = uint64(g.alloc(n+1)) + 1
	case k < 230:
		p = uint64(g.last) + uint64(k&4)
	case k < 242:
		p = (MemorySize - n) & 0xffffffff
	case k < 248:
		p = (MemorySize - n + 1) & 0xffffffff
	default:
		p = tape.Pick(g.t, []uint64{0, 1, MemorySize - 1, MemorySize, MemorySize + 1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff})
	}
	if out {
		g.out.Out = append(g.out.Out, Region{p, n})
	}
	return p
}

// write puts data at p, as far as there is memory.
func (g *generator) write(p uint64, data []byte) {
	if p < MemorySize {
		data = data[:min(uint64(len(data)), MemorySize-p)]
		g.out.Writes = append(g.out.Writes, Write{uint32(p), data})
	}
}

// text lays out a string and returns its address and length; the length is sometimes wrong.
func (g *generator) text(s string) []uint64 {
	n := uint64(len(s))
	p := g.pointer(n, false)
	g.write(p, []byte(s))
	if g.t.Chance(8) {
		n = g.length()
	}
	return []uint64{p, n}
}

// iovecs appends an array of buffers.
func (g *generator) iovecs(out bool) {
	n := uint64(g.t.Byte() % 5)
	if g.t.Chance(6) {
		n = tape.Pick(g.t, []uint64{1024, 1025, 65536, 0x1fffffff, 0x20000000, 0xffffffff})
	}
	entries := min(n, 4)
	var data []byte
	for range entries {
		size := g.length()
		p := g.pointer(size, out)
		g.out.Capacity += size
		data = binary.LittleEndian.AppendUint32(data, uint32(p))
		data = binary.LittleEndian.AppendUint32(data, uint32(size))
	}
	if n > entries {
		// The rest of a long array is whatever the memory holds: buffers could be anywhere.
		g.out.Capacity = 1 << 62
		if out {
			g.out.Out = append(g.out.Out, Region{0, MemorySize})
		}
	}
	p := g.pointer(entries*8, false)
	g.write(p, data)
	if out && (p+entries*8 > MemorySize || overlaps(g.out.Out, Region{p, entries * 8})) {
		// The array itself may be overwritten before it is read to its end.
		g.out.Out = append(g.out.Out, Region{0, MemorySize})
	}
	g.arg(p, n)
}

func overlaps(list []Region, r Region) bool {
	for _, o := range list {
		if r.Addr < o.Addr+o.Len && o.Addr < r.Addr+r.Len {
			return true
		}
	}
	return false
}

// subscriptions lays out g.count subscriptions and returns their address.
func (g *generator) subscriptions() uint64 {
	var data []byte
	for range g.count {
		var s [48]byte
		binary.LittleEndian.PutUint64(s[0:], g.t.Uint64())
		s[8] = g.t.Byte() % 4
		if s[8] == 0 {
			binary.LittleEndian.PutUint32(s[16:], uint32(g.t.Byte()%5))
			binary.LittleEndian.PutUint64(s[24:], g.number(wasm.I64))
			binary.LittleEndian.PutUint16(s[40:], uint16(g.t.Byte()%3))
		} else {
			binary.LittleEndian.PutUint32(s[16:], uint32(g.t.Byte()%9))
		}
		data = append(data, s[:]...)
	}
	p := g.pointer(uint64(len(data)), false)
	g.write(p, data)
	if g.t.Chance(10) {
		g.count = tape.Pick(g.t, []uint64{0, 4096, 4097, 0x08000000, 0xffffffff})
	}
	return p
}
