package wasm

// compact is what the walk over code needs of a row of the opcode table, in as few bytes as it takes: the rows themselves
// would crowd everything else out of the processor's cache.
type compact struct {
	imm      Imm   // the kind of the immediate if there is one, else immNone or immSeveral
	class    Class // of the row
	operands uint8 // how many
	params   [3]ValType
	result   ValType // 0 if there is none
	constant bool    // allowed in constant expressions
}

// What compact.imm is for other numbers of immediates than one.
const (
	immNone    Imm = 0
	immSeveral     = ImmLanes + 1 // behind the last kind
)

// compacts is the opcode table in compact form.
var compacts = func() (all [NumOps]compact) {
	for o, info := range Ops() {
		sig := o.Operands()
		c := compact{class: info.Class, operands: uint8(len(sig.Params)), constant: info.Const}
		if copy(c.params[:], sig.Params) < len(sig.Params) || len(sig.Results) > 1 {
			panic("wasm: the signature of " + info.Name + " is too long for its compact form")
		}
		for _, t := range sig.Results {
			c.result = t
		}
		switch len(info.Imms) {
		case 0:
		case 1:
			c.imm = info.Imms[0]
		default:
			c.imm = immSeveral
		}
		all[o] = c
	}
	return all
}()

// Class returns the class of the instruction, as its row has it.
func (o Op) Class() Class { return compacts[o].class }
