package hostcall

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// code is the code of a function that is made.
type code []byte

// op appends an instruction.
func (c *code) op(op wasm.Op, imms ...uint64) {
	in := wasm.NewInstr(op, imms...)
	*c = wasm.AppendInstr(*c, &in)
}

// emptyBlock is [wasm.EmptyBlock] as an immediate.
const emptyBlock = 1<<64 - 64

// list is a list of descriptors in a module: a variable for each, because the memory is the guest's, and functions that use it.
type list struct {
	first, room uint64 // its variables
	count       uint64 // the variable with its length

	push    uint32 // func(fd): appends fd
	pick    uint32 // func(n) fd: the nth, modulo the length; n if the list is empty
	pickNew uint32 // func(n) fd: the same among those that were appended, if there are any
	has     uint32 // func(fd) bool
}

// newList makes a list that holds some descriptors and has room for more.
func (c *compiler) newList(fds []uint64, more int) list {
	const none = 0xffffffff
	l := list{first: uint64(len(c.m.Globals)), room: uint64(len(fds) + more)}
	for i := range int(l.room) {
		if i < len(fds) {
			c.global(fds[i])
		} else {
			c.global(none)
		}
	}
	l.count = c.global(uint64(len(fds)))
	take, give := []wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32}
	one := wasm.FuncType{Params: take, Results: give}
	l.push = c.define("", wasm.FuncType{Params: take}, l.pushCode(), 0)
	l.pick = c.define("", one, l.pickCode(0), 0)
	l.pickNew = l.pick
	if more > 0 {
		var body code
		body.op(wasm.OpGlobalGet, l.count)
		body.op(wasm.OpI32Const, uint64(len(fds)))
		body.op(wasm.OpI32LeU)
		body.op(wasm.OpIf, emptyBlock)
		body.op(wasm.OpLocalGet, 0)
		body.op(wasm.OpCall, uint64(l.pick))
		body.op(wasm.OpReturn)
		body.op(wasm.OpEnd)
		l.pickNew = c.define("", one, append(body, l.pickCode(len(fds))...), 0)
	}
	l.has = c.define("", one, l.hasCode(), 0)
	return l
}

// pushCode is the body of push: the variable that is next becomes the argument.
func (l *list) pushCode() (body code) {
	for i := range l.room {
		body.op(wasm.OpGlobalGet, l.count)
		body.op(wasm.OpI32Const, i)
		body.op(wasm.OpI32Eq)
		body.op(wasm.OpIf, emptyBlock)
		body.op(wasm.OpLocalGet, 0)
		body.op(wasm.OpGlobalSet, l.first+i)
		body.op(wasm.OpEnd)
	}
	body.op(wasm.OpGlobalGet, l.count)
	body.op(wasm.OpI32Const, 1)
	body.op(wasm.OpI32Add)
	body.op(wasm.OpGlobalSet, l.count)
	return body
}

// pickCode is the body of pick among the elements after some.
func (l *list) pickCode(after int) (body code) {
	body.op(wasm.OpGlobalGet, l.count)
	body.op(wasm.OpI32Eqz)
	body.op(wasm.OpIf, emptyBlock)
	body.op(wasm.OpLocalGet, 0)
	body.op(wasm.OpReturn)
	body.op(wasm.OpEnd)
	body.op(wasm.OpLocalGet, 0)
	body.op(wasm.OpGlobalGet, l.count)
	body.op(wasm.OpI32Const, uint64(after))
	body.op(wasm.OpI32Sub)
	body.op(wasm.OpI32RemU)
	body.op(wasm.OpI32Const, uint64(after))
	body.op(wasm.OpI32Add)
	body.op(wasm.OpLocalSet, 0)
	body.op(wasm.OpI32Const, 0)
	for i := range l.room {
		body.op(wasm.OpGlobalGet, l.first+i)
		body.op(wasm.OpLocalGet, 0)
		body.op(wasm.OpI32Const, i)
		body.op(wasm.OpI32Ne)
		body.op(wasm.OpSelect)
	}
	return body
}

// hasCode is the body of has.
func (l *list) hasCode() (body code) {
	body.op(wasm.OpI32Const, 0)
	for i := range l.room {
		body.op(wasm.OpGlobalGet, l.first+i)
		body.op(wasm.OpLocalGet, 0)
		body.op(wasm.OpI32Eq)
		body.op(wasm.OpI32Or)
	}
	return body
}
