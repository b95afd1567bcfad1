package guest

import (
	"encoding/binary"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// constants are the names that stand for numbers in arguments.
var constants = map[string]uint64{
	"follow": 1, "creat": uint64(wasi.OCreat), "directory": uint64(wasi.ODirectory), "excl": uint64(wasi.OExcl),
	"trunc": uint64(wasi.OTrunc), "append": uint64(wasi.FDAppend), "nonblock": uint64(wasi.FDNonblock),
	"read": uint64(wasi.RightFdRead), "write": uint64(wasi.RightFdWrite), "seek": uint64(wasi.RightFdSeek),
	"readdir": uint64(wasi.RightFdReaddir), "setsize": uint64(wasi.RightFdFilestatSetSize),
	"allocate": uint64(wasi.RightFdAllocate), "poll": uint64(wasi.RightPollFdReadwrite), "open": uint64(wasi.RightPathOpen),
	"createfile": uint64(wasi.RightPathCreateFile), "createdir": uint64(wasi.RightPathCreateDirectory),
	"unlink": uint64(wasi.RightPathUnlinkFile),
}

// place is a part of the memory that a text names.
type place struct{ addr, size uint64 }

// firstPlace is the address of the first place; below it is memory that texts can use by numbers.
const firstPlace = 1024

// allot takes n bytes of memory, aligned as any structure must be.
func (b *builder) allot(n uint64) uint64 {
	addr := b.next
	b.next = (b.next + n + 15) &^ 15
	return addr
}

// put places data into memory and returns its address.
func (b *builder) put(data []byte) uint64 {
	addr := b.allot(uint64(len(data)))
	b.m.Datas = append(b.m.Datas, wasm.DataSegment{Offset: constant(wasm.I32, addr), Init: data})
	return addr
}

// placeOf returns the place of "name" or "name:size", which is made at its first use.
func (b *builder) placeOf(text string) place {
	name, sizeText, sized := strings.Cut(text, ":")
	p, ok := b.places[name]
	if !ok {
		p.size = 64
		if sized {
			if p.size, ok = number(sizeText); !ok {
				b.fail("%q is no size", sizeText)
			}
		}
		p.addr = b.allot(p.size)
		b.places[name] = p
	}
	if sized {
		p.size, _ = number(sizeText)
	}
	return p
}

// hostcalls reads "[times *] hostcall arguments [then hostcall arguments]…" as the body of a function with two locals: the errno and
// how many times are left.
func (b *builder) hostcalls() *asm.Body {
	body, times := new(asm.Body), uint64(1)
	if b.isNumber() {
		times = b.number()
		b.want("*")
	}
	body.I32(int32(times)).Set(1).Block(wasm.OpLoop)
	for first := true; first || b.skip("then"); first = false {
		w := b.take()
		row := hostcalls[w.text]
		if row == nil {
			b.fail("%q stands where a hostcall is expected", w.text)
			return body
		}
		b.hostcall(body, row)
		if len(row.Type().Results) == 0 {
			body.I32(0)
		}
		body.Op(wasm.OpLocalTee, 0).Block(wasm.OpIf).Get(0).Op(wasm.OpReturn).End()
	}
	return body.Get(1).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 1).Op(wasm.OpBrIf, 0).End().I32(0)
}

// hostcall reads the arguments of a hostcall, as many as it has parameters.
func (b *builder) hostcall(body *asm.Body, row *wasi.Hostcall) {
	params := row.Type().Params
	for slot := 0; slot < len(params) && b.err == nil; {
		if params[slot] == wasm.I64 {
			body.I64(int64(b.sum(b.take().text)))
			slot++
			continue
		}
		slot += b.argument(body)
	}
	body.Op(wasm.OpCall, uint64(b.funcs[row.Name]))
}

// argument reads one argument and returns how many parameters it is.
func (b *builder) argument(body *asm.Body) int {
	w := b.take()
	pair := func(addr, n uint64) int { body.I32(int32(addr)).I32(int32(n)); return 2 }
	switch {
	case w.quoted:
		return pair(b.put([]byte(w.text)), uint64(len(w.text)))
	case w.text == "[":
		return pair(b.buffers())
	case w.text == "{":
		body.I32(int32(b.structure(body)))
	case strings.HasPrefix(w.text, "*"):
		b.load(body, w.text[1:])
	default:
		body.I32(int32(b.sum(w.text)))
	}
	return 1
}

// load puts the number of 32 bits at a place on the stack.
func (b *builder) load(body *asm.Body, name string) {
	body.I32(int32(b.placeOf(name).addr)).Op(wasm.OpI32Load, 2, 0)
}

// sum returns the value of a number, of a place's address, of a directory's descriptor, or of names with "|" between them.
func (b *builder) sum(text string) (v uint64) {
	dir := uint64(b.opts.FirstDir)
	if dir == 0 {
		dir = 3
	}
	if name, ok := strings.CutPrefix(text, "&"); ok {
		return b.placeOf(name).addr
	}
	switch text {
	case "dir":
		return dir
	case "dir2":
		return dir + 1
	}
	for part := range strings.SplitSeq(text, "|") {
		n, ok := number(part)
		if !ok {
			if n, ok = constants[part]; !ok {
				b.fail("%q stands for no number", part)
			}
		}
		v |= n
	}
	return v
}

// buffers reads the elements of a list of buffers: texts, "&name:size" and "address:length". It returns its address and how many there are.
func (b *builder) buffers() (addr, n uint64) {
	var list []byte
	b.each("]", func() {
		w := b.take()
		var p place
		switch {
		case w.quoted:
			p = place{b.put([]byte(w.text)), uint64(len(w.text))}
		case strings.HasPrefix(w.text, "&"):
			p = b.placeOf(w.text[1:])
		default:
			addr, size, _ := strings.Cut(w.text, ":")
			p = place{b.sum(addr), b.sum(size)}
		}
		list = binary.LittleEndian.AppendUint32(list, uint32(p.addr))
		list = binary.LittleEndian.AppendUint32(list, uint32(p.size))
		n++
	})
	return b.put(list), n
}

// structure reads fields, "type:value" with the types u8, u16, u32, u64 and pad, and returns the address. A value *name is stored by
// the code that goes before the call.
func (b *builder) structure(body *asm.Body) uint64 {
	var data []byte
	var late []func(base uint64)
	b.each("}", func() {
		kind, value, _ := strings.Cut(b.take().text, ":")
		var v uint64
		if name, ok := strings.CutPrefix(value, "*"); ok {
			at := uint64(len(data))
			late = append(late, func(base uint64) {
				b.load(body.I32(int32(base+at)), name)
				body.Op(wasm.OpI32Store, 2, 0)
			})
		} else {
			v = b.sum(value)
		}
		switch kind {
		case "u8":
			data = append(data, byte(v))
		case "u16":
			data = binary.LittleEndian.AppendUint16(data, uint16(v))
		case "u32":
			data = binary.LittleEndian.AppendUint32(data, uint32(v))
		case "u64":
			data = binary.LittleEndian.AppendUint64(data, v)
		case "pad":
			data = append(data, make([]byte, min(v, 64))...)
		default:
			b.fail("%q is no type of a field", kind)
		}
	})
	addr := b.put(data)
	for _, store := range late {
		store(addr)
	}
	return addr
}
