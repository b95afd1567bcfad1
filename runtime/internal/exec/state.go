// Package exec executes register code: the generated interpreter loop and the state it works on. It is the only package of
// the runtime that uses unsafe, and it knows nothing of modules, instances or linking; package runtime does.
package exec

import (
	"unsafe"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Exit says why the loop was left.
type Exit uint8

// The reasons to leave the loop.
const (
	ExitDone   Exit = iota // the outermost function returned; its results stand at the frame it was entered with
	ExitTrap               // the instruction at the current position traps; TrapCode says how
	ExitFuel               // the fuel is used up; execution can go on
	ExitStack              // the call at the current position needs more stack or depth; it can be executed again
	ExitCall               // the indirect call at the current position is of a function of another instance or of the host: Callee
	ExitImport             // the call at the current position is of an imported function
	ExitSlow               // the instruction at the current position is for [State.Slow], if it is numeric or on vectors, else for package runtime
)

// FuncMeta is what an indirect call must know of a function that has a reference. References are indexes into an array of
// these, counted from 1; 0 is null.
type FuncMeta struct {
	TypeID   uint32 // equal for equal function types of one store
	Instance uint32 // of the code; 0 for a function of the host
	Entry    uint64 // index of the header word in the code of the instance's module
}

// TableView is how the loop sees a table. It is updated in place when the table grows, whoever grows it.
type TableView struct {
	elems unsafe.Pointer // of n uint32 references
	n     uint64
}

// Set makes the view show elems.
func (t *TableView) Set(elems []uint32) {
	t.elems, t.n = unsafe.Pointer(unsafe.SliceData(elems)), uint64(len(elems))
}

// Instance is what the loop needs of the instance whose code runs. The slices must stay as they are while it runs, but
// Memory and Pages, which may change between two runs of the loop.
type Instance struct {
	ID      uint32
	Code    []uint64 // verified by isa.Verify for the module of the instance
	Memory  []byte   // what is backed of it
	Pages   uint64   // of the memory, backed or not
	Globals []*uint64
	Tables  []*TableView
	TypeIDs []uint32 // by type index
}

// State is a thread of execution: the position, the stack of values, the stack of calls, and views of what the current
// instance consists of.
//
// Invariants that make the loop safe, given verified code: pc is at the start of an instruction of code; fp and the frame behind it
// are inside the value stack, which ends at stackEnd; depth <= maxDepth, the capacity of frames; mem has last1+1 bytes; globals,
// tables and typeIDs have as many elements as the verifier was told; references are at most the number of elements of funcs.
// None of the arrays of numbers holds Go pointers. Guest values never reach frames, so they cannot become positions.
type State struct {
	pc, fp   unsafe.Pointer
	code     unsafe.Pointer
	mem      unsafe.Pointer
	last1    int64 // the last address at which an access of one byte is inside mem, of two bytes, …; negative if there is none
	last2    int64
	last4    int64
	last8    int64
	last16   int64
	pages    uint64 // of the memory, backed or not
	fuel     int64
	stackEnd uintptr // address behind the last usable slot
	depth    uintptr
	maxDepth uintptr
	frames   unsafe.Pointer // of maxDepth words: return position << 32 | frame position of the caller
	stack    unsafe.Pointer
	globals  unsafe.Pointer // of *uint64
	tables   unsafe.Pointer // of *TableView
	funcs    unsafe.Pointer // of FuncMeta
	typeIDs  unsafe.Pointer // of uint32
	callee   uint64
	instance uint32
	trap     wasm.TrapCode

	values []uint64 // what stack points to, and slack more
	calls  []uint64 // what frames points to
	words  []uint64 // what code points to
}

// slack is how many slots there are behind the value stack: one keeps fp inside the allocation, and the locals of a function are cleared
// by four.
const slack = 4

// From says where [State.Run] begins.
type From uintptr

// Where to begin.
const (
	Here   From = 0 // at the current position
	Behind From = 8 // behind the call at the current position, which has one word and is not the last instruction of its function
)

// Run executes until there is something to do that the loop does not do itself.
func (s *State) Run(from From) Exit { return loop(s, uintptr(from)) }

// Slow executes the instruction at the current position, a numeric one or one on vectors that the loop has left for, and goes on
// behind it unless it traps.
func (s *State) Slow() wasm.TrapCode {
	w := s.Inst()
	spec := w.Op().Spec()
	if spec.How == isa.Vector {
		slowVector(s.pc, s.fp)
		s.Next()
		return wasm.NoTrap
	}
	b := s.words[s.PC()+1] // behind every instruction but the last, which is never numeric, stands a word
	if !spec.Const {
		b = s.Slot(w.B())
	}
	value, trap := slowNumeric(w.Op(), s.Slot(w.A()), b)
	if trap == wasm.NoTrap {
		s.SetSlot(w.D(), value)
		s.Next()
	}
	return trap
}

// Use makes in the current instance.
func (s *State) Use(in *Instance) {
	s.words = in.Code
	s.code = unsafe.Pointer(unsafe.SliceData(in.Code))
	s.globals = unsafe.Pointer(unsafe.SliceData(in.Globals))
	s.tables = unsafe.Pointer(unsafe.SliceData(in.Tables))
	s.typeIDs = unsafe.Pointer(unsafe.SliceData(in.TypeIDs))
	s.instance = in.ID
	s.UseMemory(in.Memory, in.Pages)
}

// UseMemory makes mem what is backed of the memory of the current instance, which has so many pages. An access behind mem leaves
// the loop as a trap.
func (s *State) UseMemory(mem []byte, pages uint64) {
	n := int64(len(mem))
	s.mem, s.pages = unsafe.Pointer(unsafe.SliceData(mem)), pages
	s.last1, s.last2, s.last4, s.last8, s.last16 = n-1, n-2, n-4, n-8, n-16
	if planted.Selected == planted.MemoryEdge {
		s.last8++
	}
}

// UseFuncs sets the array that references index. It must be called again when the array moves.
func (s *State) UseFuncs(funcs []FuncMeta) { s.funcs = unsafe.Pointer(unsafe.SliceData(funcs)) }

// Reserve makes room for slots values and depth calls in progress. Neither is ever made smaller.
func (s *State) Reserve(slots, depth int) {
	if slots > s.Slots() {
		fp := s.Frame()
		values := make([]uint64, slots+slack)
		copy(values, s.values)
		s.values, s.stack = values, unsafe.Pointer(unsafe.SliceData(values))
		s.stackEnd = uintptr(s.stack) + uintptr(slots)*8
		s.fp = unsafe.Pointer(&values[fp])
	}
	if depth > len(s.calls) {
		calls := make([]uint64, depth)
		copy(calls, s.calls)
		s.calls, s.frames, s.maxDepth = calls, unsafe.Pointer(unsafe.SliceData(calls)), uintptr(depth)
	}
}

// Slots returns the number of slots of the value stack.
func (s *State) Slots() int { return max(len(s.values)-slack, 0) }

// MaxDepth returns how many calls there is room for.
func (s *State) MaxDepth() int { return len(s.calls) }

// Depth returns how many calls are in progress.
func (s *State) Depth() int { return int(s.depth) }

// Values returns n slots of the value stack from slot first on. The slice is valid until the next Reserve.
func (s *State) Values(first, n int) []uint64 { return s.values[first : first+n : first+n] }

// Args returns n slots of the current frame from slot d on: the arguments and results of the call at the current position. The
// slice is valid until the next Reserve. The verifier has checked that they are inside the frame.
func (s *State) Args(d, n uint16) []uint64 {
	return (*[1 << 16]uint64)(unsafe.Add(s.fp, uintptr(d)*8))[:n:n]
}

// Frame returns the slot that the current frame begins with.
func (s *State) Frame() int {
	if s.fp == nil {
		return 0
	}
	return int((uintptr(s.fp) - uintptr(s.stack)) / 8)
}

// PC returns the index of the word at the current position.
func (s *State) PC() int {
	if s.pc == nil {
		return 0
	}
	return int((uintptr(s.pc) - uintptr(s.code)) / 8)
}

// Fault returns the index of the word to which a trap at the current position belongs: the one behind, if that is the store of a
// [isa.Move], whose load was inside the memory.
func (s *State) Fault() int {
	pc := s.PC()
	w := isa.Inst(s.words[pc])
	spec := w.Op().Spec()
	if spec.How != isa.Move {
		return pc
	}
	imm := s.words[pc+1]
	if ea := uint64(uint32(s.Slot(w.A()))+uint32(imm)) + imm>>32; int64(ea) <= s.last1+1-int64(spec.Wasm.Info().Access) {
		return pc + 1
	}
	return pc
}

// Jump sets the position to a word of the current instance's code and the frame to one that begins at slot frame.
func (s *State) Jump(word, frame int) {
	s.pc, s.fp = unsafe.Pointer(&s.words[word]), unsafe.Pointer(&s.values[frame])
}

// Enter starts a call from outside of the function whose header is at word entry, with the arguments in the slots from
// frame on. The call ends with ExitDone. It returns false, and does nothing, if there is no room.
func (s *State) Enter(entry, frame int) bool {
	h := isa.Header(s.words[entry])
	if frame+int(h.Frame()) > s.Slots() || s.Depth() >= s.MaxDepth() {
		return false
	}
	s.calls[s.depth] = uint64(uint32(s.Frame())) // the return position 0 is the Exit instruction
	s.depth++
	zero := frame + int(h.Params())
	if planted.Selected == planted.LocalsKept {
		clear(s.values[zero : zero+max(int(h.Zero()), 1)-1])
	} else {
		clear(s.values[zero : zero+int(h.Zero())])
	}
	s.Jump(entry+1, frame)
	return true
}

// Unwind drops calls in progress until depth remain.
func (s *State) Unwind(depth int) { s.depth = uintptr(depth) }

// Caller returns where call i (0 is the outermost) will return to: a word, 0 if it was a call from outside, and the caller's frame.
func (s *State) Caller(i int) (word, frame int) {
	w := s.calls[i]
	return int(w >> 32), int(uint32(w))
}

// Inst returns the op word at the current position.
func (s *State) Inst() isa.Inst { return *(*isa.Inst)(s.pc) }

// Imm returns the immediate word of the instruction at the current position.
func (s *State) Imm() uint64 { return s.words[s.PC()+1] }

// Next goes on behind the instruction at the current position.
func (s *State) Next() {
	pc := s.PC()
	s.pc = unsafe.Pointer(&s.words[pc+isa.Inst(s.words[pc]).Op().Spec().Shape.Words()])
}

// Slot returns slot i of the current frame.
func (s *State) Slot(i uint16) uint64 { return s.values[s.Frame()+int(i)] }

// SetSlot sets slot i of the current frame.
func (s *State) SetSlot(i uint16, v uint64) { s.values[s.Frame()+int(i)] = v }

// Fuel returns the fuel that is left; it is negative when the loop was left for want of it.
func (s *State) Fuel() int64 { return s.fuel }

// SetFuel sets the fuel: how many taken branches and calls may be executed before ExitFuel.
func (s *State) SetFuel(fuel int64) { s.fuel = fuel }

// TrapCode returns the trap of an ExitTrap.
func (s *State) TrapCode() wasm.TrapCode { return s.trap }

// Callee returns the reference of the function of an ExitCall.
func (s *State) Callee() uint64 { return s.callee }
