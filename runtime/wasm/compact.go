package wasm

import (
	"math"
	"math/bits"
)

// compact is what the walk over code needs of a row of the opcode table, in as few bytes as it takes: the rows themselves
// would crowd everything else out of the processor's cache.
type compact struct {
	imm      Imm     // the kind of the immediate if there is one, else immNone or immSeveral
	class    Class   // of the row
	params   uint8   // how many operands it takes
	results  uint8   // how many it returns, 0 or 1
	result   ValType // of the result
	constant bool    // allowed in constant expressions
	align    uint64  // of a memory access: the exponent of the largest alignment; of others no bound

	// The types of the operands in a number, that of the topmost in the highest byte, and the bits that count.
	types, mask uint32

	// The local instructions have types that are not in the table. For them local has all bits set, and so have setsLocal and
	// givesLocal where the operand and the result are of the local's type.
	typed      bool // by the types above, or by those of a local
	local      uint64
	setsLocal  uint32
	givesLocal ValType
}

// What compact.imm is for other numbers of immediates than one.
const (
	immNone    Imm = 0
	immSeveral     = ImmLanes + 1 // or one that takes more than a look at its size; it is behind the last kind
)

// compacts is the opcode table in compact form.
var compacts = func() (all [NumOps]compact) {
	for o, info := range Ops() {
		sig := o.Operands()
		c := compact{class: info.Class, params: uint8(len(sig.Params)), results: uint8(len(sig.Results)), constant: info.Const}
		if c.params > stackGuard || c.results > 1 {
			panic("wasm: the signature of " + info.Name + " is too long for its compact form")
		}
		c.align = math.MaxUint64
		if len(info.Imms) > 0 && info.Imms[0] == ImmMemarg {
			c.align = uint64(bits.TrailingZeros8(info.Access))
		}
		for _, t := range sig.Params {
			c.types, c.mask = c.types>>8|uint32(t)<<24, c.mask>>8|0xff<<24
		}
		for _, t := range sig.Results {
			c.result = t
		}
		c.typed = info.Class != ClassCustom
		c.typeLocal(o)
		switch {
		case len(info.Imms) == 0:
		case len(info.Imms) == 1 && info.Imms[0] != ImmData: // which takes a data count section too
			c.imm = info.Imms[0]
		default:
			c.imm = immSeveral
		}
		all[o] = c
	}
	return all
}()

// typeLocal sets the fields of c that are for local instructions, if o is one.
func (c *compact) typeLocal(o Op) {
	if o == OpLocalSet || o == OpLocalTee {
		c.params, c.mask, c.setsLocal = 1, 0xff<<24, 0xff<<24
	}
	if o == OpLocalGet || o == OpLocalTee {
		c.results, c.givesLocal = 1, 0xff
	}
	if c.params+c.results > 0 && c.class == ClassCustom {
		c.typed, c.local = true, math.MaxUint64
	}
}
