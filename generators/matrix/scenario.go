package matrix

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// scenarios are the modules about control, tables and segments.
var scenarios = []func(b *builder){
	(*builder).memories, (*builder).longCopies, (*builder).growth, (*builder).segments,
	(*builder).tables, (*builder).tableCopies, (*builder).tableAccess,
	(*builder).branchTables, (*builder).indirectCalls, (*builder).variables, (*builder).largeCopies, (*builder).carries, (*builder).deferrals,
}

// three applies an instruction to all triples of three lists of numbers of 32 bits: each is in turn the one that is in a local, while the
// others are constants. Before each it calls before, and behind it digest, which leaves an i64.
func (b *builder) three(lists [3][]uint64, before func(c *code), op func(c *code), digest func(c *code)) {
	for at := range 3 {
		var pairs []value
		for _, y := range lists[(at+1)%3] {
			for _, z := range lists[(at+2)%3] {
				pairs = append(pairs, value{y, z})
			}
		}
		if at > 0 {
			pairs = some(pairs, b.turn)
		}
		emit := func(c *code) {
			digest(c) // a trap must have changed nothing
			c.Set(localSum)
			c.fold()
			before(c)
			for i := range 3 {
				switch (i - at + 3) % 3 {
				case 0:
					c.pushX()
				case 1:
					c.Op(wasm.OpI32Const, c.y.low)
				case 2:
					c.Op(wasm.OpI32Const, c.y.high)
				}
			}
			op(c)
			digest(c)
		}
		b.each(lists[at], pairs, wasm.I64, emit)
	}
}

// each applies something that may trap to a list of numbers in a local, and of constants.
func (b *builder) each(list []uint64, ys []value, result wasm.ValType, emit func(c *code)) {
	y := b.column(wasm.I32, ys)
	b.grid(code{b: b, grid: grid{xs: b.column(wasm.I32, scalars(list)), ys: y, result: result, traps: true, emit: emit}})
}

// area is where bulk operations on memory work.
const area = highest - 512

// lengths are those of bulk operations on memory.
var lengths = []uint64{0, 1, 2, 16, 17, 33, 0xffffffff}

// memories are copies, fills and initialisations at the edges of memory, of data and of each other.
func (b *builder) memories() {
	b.data(area, pattern[:])
	segment := uint64(len(b.Datas))
	b.Datas = append(b.Datas, wasm.DataSegment{Mode: wasm.Passive, Init: pattern[:48]})
	places := []uint64{area, area + 1, area + 8, area + 17, memory - 17, memory - 1, memory, 0xffffffff}
	before := func(c *code) {
		for i := range uint64(8) {
			c.Op(wasm.OpI32Const, area+8*i).I64(int64(0x0102030405060708+i*0x1111111111111111)).Op(wasm.OpI64Store, 0, 0)
		}
		c.I32(memory-16).I64(-0x102030405060708).Op(wasm.OpI64Store, 0, 0).I32(memory-8).I64(0x7766554433221100).Op(wasm.OpI64Store, 0, 0)
	}
	digest := func(c *code) {
		c.I64(0)
		for _, at := range []uint64{area - 8, area, area + 8, area + 16, area + 24, area + 32, area + 40, area + 48, memory - 24, memory - 16, memory - 8} {
			c.I64(11).Op(wasm.OpI64Rotl).Op(wasm.OpI32Const, at).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI64Xor)
		}
	}
	b.three([3][]uint64{places, places, lengths}, before, func(c *code) { c.Op(wasm.OpMemoryCopy) }, digest)
	b.three([3][]uint64{places, {0, 0x80, 0xff, 0x1ff}, lengths}, before, func(c *code) { c.Op(wasm.OpMemoryFill) }, digest)
	b.three([3][]uint64{places, {0, 1, 47, 48, 49, 0xffffffff}, append([]uint64{47, 48}, lengths...)}, before,
		func(c *code) { c.Op(wasm.OpMemoryInit, segment) }, digest)
}

// period is how many bytes noise has.
const period = 1000

// noise adds a passive segment whose bytes do not repeat, and returns its index.
func (b *builder) noise() uint64 {
	init := make([]byte, period)
	for i := range init {
		init[i] = byte(i*i>>3 + i*7)
	}
	b.Datas = append(b.Datas, wasm.DataSegment{Mode: wasm.Passive, Init: init})
	return uint64(len(b.Datas) - 1)
}

// longCopies copies and fills long ranges that overlap, each in a region of its own.
func (b *builder) longCopies() {
	const region = 28 << 10
	segment := b.noise()
	for i, by := range []int32{1, -1, 8, -8, 63, -64, 300, -300, 4096, -4096, 5000, -5000} {
		base := int32(lowest + i*region)
		c := code{Body: b.body()}
		for at := int32(0); at+period <= region; at += period {
			c.I32(base+at).I32(0).I32(period).Op(wasm.OpMemoryInit, segment)
		}
		c.I32(base + 8000 + by).I32(base + 8000).I32(int32(14000 - i)).Op(wasm.OpMemoryCopy)
		c.I32(base + 25000).I32(int32(i) - 3).I32(int32(300 * i)).Op(wasm.OpMemoryFill)
		b.export(b.Func("", ":", "", c.Body))
	}
}

// largeCopies copies more than a runtime may do at once, up and down, in a memory that is larger than that of other modules.
func (b *builder) largeCopies() {
	const large, n = 20, 1<<20 + 5000
	segment := b.noise()
	b.Memories[0].Limits = wasm.Limits{Min: large, Max: large, HasMax: true}
	for _, by := range []int32{-100, 100} {
		base := int32(lowest + 1000)
		c := code{Body: b.body()}
		c.I32(base).I32(0).I32(period).Op(wasm.OpMemoryInit, segment)
		for done := int32(period); done < n; done *= 2 {
			c.I32(base + done).I32(base).I32(min(done, n-done)).Op(wasm.OpMemoryCopy)
		}
		c.I32(base + by).I32(base).I32(n).Op(wasm.OpMemoryCopy)
		at := b.next
		b.next += slotSize
		c.I32(int32(at)).Op(wasm.OpI32Const, 0).Op(wasm.OpI64Load, 0, uint64(base+n-64+by)).I32(base).Op(wasm.OpI64Load, 0, 1<<20)
		b.export(b.Func("", ":", "", c.Op(wasm.OpI64Xor).Op(wasm.OpI64Store, 0, 0)))
	}
}

// growth grows the memory in steps, beyond its maximum too, with single bytes here and there that must stay.
func (b *builder) growth() {
	c := code{Body: b.body()}
	for block := int32(0); block < memory; block += 4096 {
		at := block + []int32{4095, 0, 255, 2048}[block>>12&3]
		c.I32(at).I32(at>>8|1).Op(wasm.OpI32Store8, 0, 0)
	}
	c.I32(memory-1).I32(7).Op(wasm.OpI32Store8, 0, 0)
	b.export(b.Func("", ":", "", c.Body))
	grown := func(c *code) {
		c.Op(wasm.OpMemoryGrow).I32(8).Op(wasm.OpI32Shl).Op(wasm.OpMemorySize).Op(wasm.OpI32Add)
		c.Op(wasm.OpMemorySize).I32(16).Op(wasm.OpI32Shl).Op(wasm.OpI32Load, 0, 1<<32-4).Op(wasm.OpI32Xor)
	}
	touched := func(c *code) {
		c.Op(wasm.OpMemorySize).I32(16).Op(wasm.OpI32Shl).I32(1).Op(wasm.OpI32Sub).I32(0x55).Op(wasm.OpI32Store8, 0, 0)
		c.Op(wasm.OpMemorySize).I32(16).Op(wasm.OpI32Shl).I32(4).Op(wasm.OpI32Sub).Op(wasm.OpI32Load, 0, 0)
	}
	b.each([]uint64{0, 3, 0xffff, 0x10000, 0xffffffff, 0x7fffffff}, []value{{}}, wasm.I32, func(c *code) {
		c.pushX()
		c.Op(wasm.OpMemoryGrow)
	})
	for _, by := range []uint64{1, 0, 1, 1, 2, 0xffffffff} {
		b.each([]uint64{by}, []value{{}}, wasm.I32, func(c *code) { touched(c); c.Op(wasm.OpDrop); c.pushX(); grown(c) })
		b.each([]uint64{0}, []value{{low: by}}, wasm.I32, func(c *code) {
			c.I32(int32(c.y.low)).Op(wasm.OpMemoryGrow).Op(wasm.OpDrop)
			touched(c)
			c.Op(wasm.OpMemorySize).Op(wasm.OpI32Xor)
		})
	}
}

// segments uses data segments when they were dropped, and active ones, which are.
func (b *builder) segments() {
	passive := uint64(len(b.Datas))
	b.Datas = append(b.Datas, wasm.DataSegment{Mode: wasm.Passive, Init: pattern[:]})
	for _, segment := range []uint64{passive, 0, passive, passive} {
		for _, n := range []uint64{0, 1} {
			for _, from := range []uint64{0, 1} {
				b.each([]uint64{n}, []value{{low: from}}, wasm.I64, func(c *code) {
					c.I32(area).Op(wasm.OpI32Const, c.y.low)
					c.pushX()
					c.Op(wasm.OpMemoryInit, segment).I32(area).Op(wasm.OpI64Load, 0, 0)
				})
			}
		}
		b.export(b.Func("", ":", "", b.body().Op(wasm.OpDataDrop, segment)))
	}
}
