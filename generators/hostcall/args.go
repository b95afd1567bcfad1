package hostcall

import (
	"cmp"
	"encoding/binary"
	"slices"

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
	// indirect says that the call writes where addresses in memory lead, which may be anywhere if something was put over them.
	indirect bool

	after *subject // of the call that this one follows; nil if none
	texts []string // of the call: paths and targets
	host  int      // of its address, in the list of hosts
}

// call makes g.out a call of row.
func (g *generator) call(row *wasi.Hostcall) {
	g.out.Row = row
	if g.count = uint64(g.t.Byte()); g.count < 225 {
		g.count %= 5
	} else {
		g.count %= 16
	}
	slots := 0
	for i := range row.Params {
		slots += len(row.Params[i].Kind.Core)
	}
	g.out.Args = make([]Arg, 0, slots)
	for i := range row.Params {
		g.param(&row.Params[i])
	}
	if g.overwritten() {
		g.overlapped()
	}
}

// overlapped says of a call, whose buffers are described in memory where something else lies over that, that they can be anywhere and of
// any size.
func (g *generator) overlapped() {
	if g.indirect {
		g.out.Out = append(g.out.Out, Region{0, MemorySize})
	}
	if g.out.Capacity > 0 {
		g.out.Capacity = unbounded
	}
}

// unbounded is the capacity of buffers that may be of any size.
const unbounded = 1 << 62

func (g *generator) arg(values ...uint64) {
	for _, v := range values {
		g.out.Args = append(g.out.Args, Arg{Value: v})
	}
}

// param appends the arguments of one parameter. What there is to do follows from its kind.
func (g *generator) param(p *wasi.Param) {
	k := p.Kind
	switch {
	case k.IsFD():
		g.fd(p)
	case k.IsText():
		g.texts = append(g.texts, g.name())
		g.arg(g.text(k, g.texts[len(g.texts)-1])...)
	case k.IsIovecs():
		g.iovecs(k)
	case k.IsArray() && k.Writes():
		g.arg(g.pointer(g.count*k.Size(), true))
	case k.IsArray():
		g.arg(g.array(k))
	case k.IsAddress():
		g.address(k)
	case k.IsOption():
		g.option()
	case k.IsList():
		g.list()
	case k == wasi.Port:
		g.port()
	case k.Texts() != nil:
		g.arg(g.text(k, tape.Pick(g.t, k.Texts()))...)
	case k.IsBuffer():
		n := g.length(k)
		g.out.Capacity += n
		g.arg(g.pointer(n, k.Writes()), n)
	case k.Writes():
		g.arg(g.pointer(cmp.Or(k.Size(), unsized), true))
	case k.Reads():
		g.structure(k)
	case g.counts(p):
		g.arg(g.count)
	default:
		g.arg(g.number(k))
	}
}

// unsized bounds what a call writes if the size depends on the system: the arguments and the environment are short.
const unsized = 64

// counts reports whether p is the number of elements of an array of the same call.
func (g *generator) counts(p *wasi.Param) bool {
	return slices.ContainsFunc(g.out.Row.Params, func(other wasi.Param) bool { return other.Count == p.Name })
}

// fd appends a descriptor: mostly one that gives the rights which the call needs, sometimes any, sometimes none.
func (g *generator) fd(p *wasi.Param) {
	if g.sameFD(p) {
		return
	}
	from := AnyFD
	switch k := g.t.Byte(); {
	case k >= 244:
		g.arg(tape.Pick(g.t, interesting[p.Kind][0]))
		return
	case k < 235 && p.Kind.IsSocket():
		from = SocketFD
	case k < 222 && p.OnDirs():
		from = DirFD
	case k < 222 && p.Rights != 0, k < 100:
		from = OpenFD
	}
	n := uint64(g.t.Byte())
	if from == SocketFD && n < 160 && (takes(g.out.Row, wasi.AddressOut) || takes(g.out.Row, wasi.AddressIn)) && p.Rights&(wasi.RightFdRead|wasi.RightFdWrite) != 0 {
		n = datagram // what moves data with an address is for these
	}
	g.out.Args = append(g.out.Args, Arg{Value: n, From: from})
}

// interesting has [wasi.Kind.Interesting] for every kind.
var interesting = func() map[*wasi.Kind][][]uint64 {
	values := map[*wasi.Kind][][]uint64{}
	for row := range wasi.Hostcalls() {
		for _, p := range row.Params {
			values[p.Kind] = p.Kind.Interesting(MemorySize)
		}
	}
	return values
}()

// number reads a number, flags or an enumeration: mostly a usual value of the kind, or a small one if it has none.
func (g *generator) number(k *wasi.Kind) uint64 {
	switch {
	case k == wasi.RightsSet && g.t.Chance(100):
		return g.someRights()
	case g.after == nil:
	case k == wasi.Filesize && g.t.Bool():
		return g.nearOffset()
	}
	if list := k.Usual(); len(list) > 0 && !g.t.Chance(30) {
		return tape.Pick(g.t, list)
	}
	bits := 32
	if k.Core[0] == wasm.I64 {
		bits = 64
	}
	switch b := g.t.Byte(); {
	case b < 140:
		return uint64(b % 16)
	case b < 240:
		return tape.Pick(g.t, interesting[k][0])
	}
	return g.t.Uint64() >> (64 - bits)
}

// length reads the length of what an address of kind k leads to.
func (g *generator) length(k *wasi.Kind) uint64 {
	switch b := g.t.Byte(); {
	case b < 200:
		return uint64(b)
	case b < 240:
		return uint64(g.t.Uint16()) % 9000
	}
	return tape.Pick(g.t, interesting[k][1])
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
	case k < 202:
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
func (g *generator) text(k *wasi.Kind, s string) []uint64 {
	n := uint64(len(s))
	p := g.pointer(n, false)
	g.write(p, []byte(s))
	if g.t.Chance(8) {
		n = g.length(k)
	}
	return []uint64{p, n}
}

// iovecs appends an array of buffers, which are pairs of two numbers of 32 bits.
func (g *generator) iovecs(k *wasi.Kind) {
	out, pair := k.Writes(), k.Size()
	n := uint64(g.t.Byte() % 5)
	if g.t.Chance(6) {
		n = tape.Pick(g.t, interesting[k][1])
	}
	entries := min(n, 4)
	var data []byte
	for range entries {
		size := g.length(wasi.BufOut)
		p := g.pointer(size, out)
		g.out.Capacity += size
		if size%64 == 63 { // a buffer of no bytes, outside
			p, size = p|1<<31, 0
		}
		data = binary.LittleEndian.AppendUint32(data, uint32(p))
		data = binary.LittleEndian.AppendUint32(data, uint32(size))
	}
	if n > entries {
		// The rest of a long array is whatever the memory holds: buffers could be anywhere.
		g.out.Capacity = unbounded
		if out {
			g.out.Out = append(g.out.Out, Region{0, MemorySize})
		}
	}
	p := g.pointer(entries*pair, false)
	g.write(p, data)
	if out && (p+entries*pair > MemorySize || overlaps(g.out.Out, Region{p, entries * pair})) {
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

// array lays out g.count elements that the call reads, and returns their address.
func (g *generator) array(k *wasi.Kind) uint64 {
	data := make([]byte, g.count*k.Size())
	for at := uint64(0); at < uint64(len(data)); at += k.Size() {
		for _, f := range k.Fields() {
			v := uint64(0)
			if f.Usual != nil {
				v = tape.Pick(g.t, f.Usual)
			} else {
				v = g.word()
			}
			var word [8]byte
			binary.LittleEndian.PutUint64(word[:], v)
			copy(data[at+f.Offset:][:f.Size], word[:])
		}
	}
	p := g.pointer(uint64(len(data)), false)
	g.write(p, data)
	if g.t.Chance(10) {
		g.count = tape.Pick(g.t, []uint64{0, wasi.MaxSubscriptions, wasi.MaxSubscriptions + 1, 0x08000000, 0xffffffff})
	}
	return p
}

// word reads a number of 64 bits, mostly a small one.
func (g *generator) word() uint64 {
	if b := g.t.Byte(); b < 160 {
		return uint64(b)
	}
	return g.t.Uint64()
}
