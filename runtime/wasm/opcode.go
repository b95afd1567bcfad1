package wasm

// Op is an instruction: a dense number, so that tables indexed by it are compact and a switch over it compiles to one
// jump. The encoding is [OpInfo.Code].
type Op uint16

// The instructions but those of SIMD, in the order of their encodings.
const (
	OpUnreachable Op = iota
	OpNop
	OpBlock
	OpLoop
	OpIf
	OpElse
	OpEnd
	OpBr
	OpBrIf
	OpBrTable
	OpReturn
	OpCall
	OpCallIndirect
	OpReturnCall
	OpReturnCallIndirect
	OpDrop
	OpSelect
	OpSelectT
	OpLocalGet
	OpLocalSet
	OpLocalTee
	OpGlobalGet
	OpGlobalSet
	OpTableGet
	OpTableSet
	OpI32Load
	OpI64Load
	OpF32Load
	OpF64Load
	OpI32Load8S
	OpI32Load8U
	OpI32Load16S
	OpI32Load16U
	OpI64Load8S
	OpI64Load8U
	OpI64Load16S
	OpI64Load16U
	OpI64Load32S
	OpI64Load32U
	OpI32Store
	OpI64Store
	OpF32Store
	OpF64Store
	OpI32Store8
	OpI32Store16
	OpI64Store8
	OpI64Store16
	OpI64Store32
	OpMemorySize
	OpMemoryGrow
	OpI32Const
	OpI64Const
	OpF32Const
	OpF64Const
	OpI32Eqz
	OpI32Eq
	OpI32Ne
	OpI32LtS
	OpI32LtU
	OpI32GtS
	OpI32GtU
	OpI32LeS
	OpI32LeU
	OpI32GeS
	OpI32GeU
	OpI64Eqz
	OpI64Eq
	OpI64Ne
	OpI64LtS
	OpI64LtU
	OpI64GtS
	OpI64GtU
	OpI64LeS
	OpI64LeU
	OpI64GeS
	OpI64GeU
	OpF32Eq
	OpF32Ne
	OpF32Lt
	OpF32Gt
	OpF32Le
	OpF32Ge
	OpF64Eq
	OpF64Ne
	OpF64Lt
	OpF64Gt
	OpF64Le
	OpF64Ge
	OpI32Clz
	OpI32Ctz
	OpI32Popcnt
	OpI32Add
	OpI32Sub
	OpI32Mul
	OpI32DivS
	OpI32DivU
	OpI32RemS
	OpI32RemU
	OpI32And
	OpI32Or
	OpI32Xor
	OpI32Shl
	OpI32ShrS
	OpI32ShrU
	OpI32Rotl
	OpI32Rotr
	OpI64Clz
	OpI64Ctz
	OpI64Popcnt
	OpI64Add
	OpI64Sub
	OpI64Mul
	OpI64DivS
	OpI64DivU
	OpI64RemS
	OpI64RemU
	OpI64And
	OpI64Or
	OpI64Xor
	OpI64Shl
	OpI64ShrS
	OpI64ShrU
	OpI64Rotl
	OpI64Rotr
	OpF32Abs
	OpF32Neg
	OpF32Ceil
	OpF32Floor
	OpF32Trunc
	OpF32Nearest
	OpF32Sqrt
	OpF32Add
	OpF32Sub
	OpF32Mul
	OpF32Div
	OpF32Min
	OpF32Max
	OpF32Copysign
	OpF64Abs
	OpF64Neg
	OpF64Ceil
	OpF64Floor
	OpF64Trunc
	OpF64Nearest
	OpF64Sqrt
	OpF64Add
	OpF64Sub
	OpF64Mul
	OpF64Div
	OpF64Min
	OpF64Max
	OpF64Copysign
	OpI32WrapI64
	OpI32TruncF32S
	OpI32TruncF32U
	OpI32TruncF64S
	OpI32TruncF64U
	OpI64ExtendI32S
	OpI64ExtendI32U
	OpI64TruncF32S
	OpI64TruncF32U
	OpI64TruncF64S
	OpI64TruncF64U
	OpF32ConvertI32S
	OpF32ConvertI32U
	OpF32ConvertI64S
	OpF32ConvertI64U
	OpF32DemoteF64
	OpF64ConvertI32S
	OpF64ConvertI32U
	OpF64ConvertI64S
	OpF64ConvertI64U
	OpF64PromoteF32
	OpI32ReinterpretF32
	OpI64ReinterpretF64
	OpF32ReinterpretI32
	OpF64ReinterpretI64
	OpI32Extend8S
	OpI32Extend16S
	OpI64Extend8S
	OpI64Extend16S
	OpI64Extend32S
	OpRefNull
	OpRefIsNull
	OpRefFunc
	OpI32TruncSatF32S
	OpI32TruncSatF32U
	OpI32TruncSatF64S
	OpI32TruncSatF64U
	OpI64TruncSatF32S
	OpI64TruncSatF32U
	OpI64TruncSatF64S
	OpI64TruncSatF64U
	OpMemoryInit
	OpDataDrop
	OpMemoryCopy
	OpMemoryFill
	OpTableInit
	OpElemDrop
	OpTableCopy
	OpTableGrow
	OpTableSize
	OpTableFill

	// numScalar is the number of these; those of SIMD follow.
	numScalar = iota
)

// OpInfo is what every other part of the project derives an instruction from.
type OpInfo struct {
	Code   uint16 // one byte, or a prefix byte and a number below 256: 0xfc0a is the bytes fc 0a
	Name   string // in the text format
	Class  Class  // what the validator, the lowering and the generators do with it
	Imms   []Imm  // immediates in the order of the encoding
	Sig    string // operands and results as "iI:f", letters by [SigTypes]; empty for ClassCustom
	Access uint8  // bytes of memory that a load or store touches
	Lanes  Lanes  // what a vector instruction does with lanes
	Const  bool   // allowed in constant expressions (specification section 3.3.10)
	Bits   bool   // takes and returns floats but is defined on their bits (specification section 4.3.3)
	Traps  []TrapCode
	Since  Feature // the proposal that brought it; MVP for WebAssembly 1.0

	// ConstSince is the proposal that allowed the instruction in constant expressions, if that was a later one than Since.
	ConstSince Feature
}

// Class groups instructions that are treated alike.
type Class uint8

// The classes. All but ClassCustom are typed by [OpInfo.Sig] alone.
const (
	ClassCustom    Class = iota // control, locals, references: each has code of its own
	ClassConst                  // one constant
	ClassTest                   // one operand, boolean result
	ClassCompare                // two operands, boolean result
	ClassUnary                  // one operand
	ClassBinary                 // two operands
	ClassLoad                   // address, value out
	ClassStore                  // address and value in
	ClassBulk                   // bulk operations on memories, tables and segments
	ClassVector                 // vectors among the operands or the result; Lanes says what it does
	ClassLoadLane               // address and vector, the vector with one lane from memory out
	ClassStoreLane              // address and vector in, one lane of which goes to memory
)

// IsNumeric reports whether the instructions of the class are pure functions of their operands (they may trap); the
// meaning of each is the function of the same name in package numeric. Those of ClassVector are pure too, but no numbers.
func (c Class) IsNumeric() bool { return c >= ClassTest && c <= ClassBinary }

// Imm is the kind of an immediate.
type Imm uint8

// The kinds of immediates, and how [Instr] holds them. Each takes the next element of Instr.Imm unless it says otherwise.
const (
	ImmBlock  Imm = iota + 1 // block type, as uint64(BlockType)
	ImmLabel                 // label index
	ImmLabels                // in Instr.Labels, the default last
	ImmFunc                  // function index
	ImmType                  // type index
	ImmTable                 // table index
	ImmLocal                 // local index
	ImmGlobal                // global index
	ImmMemory                // memory index, the byte 0 in WebAssembly 2.0
	ImmData                  // data segment index
	ImmElem                  // element segment index
	ImmMemarg                // two elements: exponent of the alignment, offset
	ImmI32                   // bits, zero-extended
	ImmI64
	ImmF32 // bits, zero-extended
	ImmF64
	ImmRefType // as uint64(ValType)
	ImmTypes   // in Instr.Types
	ImmV128    // two elements: the low and the high half
	ImmLane    // lane index, in Instr.Lane
	ImmLanes   // two elements that hold 16 lane indexes, a byte each, the first in the lowest byte
)

// Feature is a proposal that became part of the specification after version 1.0.
type Feature uint8

// The features that instructions belong to.
const (
	MVP Feature = iota
	SignExtension
	SaturatingConversion
	BulkMemory
	ReferenceTypes
	SIMD
	TailCall
	ExtendedConst

	// NumFeatures is the number of features.
	NumFeatures = iota
)

// ops is the opcode table: the one description of every instruction (specification sections 3.3 and 5.4).
var ops = func() (all [NumOps]OpInfo) {
	copy(all[:], scalarOps[:])
	copy(all[numScalar:], vectorOps[:])
	return all
}()

// scalarOps is the opcode table without the instructions of SIMD.
var scalarOps = [numScalar]OpInfo{
	OpUnreachable:        {Code: 0x00, Name: "unreachable", Traps: []TrapCode{Unreachable}},
	OpNop:                {Code: 0x01, Name: "nop"},
	OpBlock:              {Code: 0x02, Name: "block", Imms: []Imm{ImmBlock}},
	OpLoop:               {Code: 0x03, Name: "loop", Imms: []Imm{ImmBlock}},
	OpIf:                 {Code: 0x04, Name: "if", Imms: []Imm{ImmBlock}},
	OpElse:               {Code: 0x05, Name: "else"},
	OpEnd:                {Code: 0x0b, Name: "end", Const: true},
	OpBr:                 {Code: 0x0c, Name: "br", Imms: []Imm{ImmLabel}},
	OpBrIf:               {Code: 0x0d, Name: "br_if", Imms: []Imm{ImmLabel}},
	OpBrTable:            {Code: 0x0e, Name: "br_table", Imms: []Imm{ImmLabels}},
	OpReturn:             {Code: 0x0f, Name: "return"},
	OpCall:               {Code: 0x10, Name: "call", Imms: []Imm{ImmFunc}},
	OpCallIndirect:       {Code: 0x11, Name: "call_indirect", Imms: []Imm{ImmType, ImmTable}, Traps: []TrapCode{UndefinedElement, UninitializedElement, SignatureMismatch}},
	OpReturnCall:         {Code: 0x12, Name: "return_call", Imms: []Imm{ImmFunc}, Since: TailCall},
	OpReturnCallIndirect: {Code: 0x13, Name: "return_call_indirect", Imms: []Imm{ImmType, ImmTable}, Traps: []TrapCode{UndefinedElement, UninitializedElement, SignatureMismatch}, Since: TailCall},
	OpDrop:               {Code: 0x1a, Name: "drop"},
	OpSelect:             {Code: 0x1b, Name: "select"},
	OpSelectT:            {Code: 0x1c, Name: "select", Imms: []Imm{ImmTypes}, Since: ReferenceTypes},
	OpLocalGet:           {Code: 0x20, Name: "local.get", Imms: []Imm{ImmLocal}},
	OpLocalSet:           {Code: 0x21, Name: "local.set", Imms: []Imm{ImmLocal}},
	OpLocalTee:           {Code: 0x22, Name: "local.tee", Imms: []Imm{ImmLocal}},
	OpGlobalGet:          {Code: 0x23, Name: "global.get", Imms: []Imm{ImmGlobal}, Const: true},
	OpGlobalSet:          {Code: 0x24, Name: "global.set", Imms: []Imm{ImmGlobal}},
	OpTableGet:           {Code: 0x25, Name: "table.get", Imms: []Imm{ImmTable}, Traps: []TrapCode{TableOutOfBounds}, Since: ReferenceTypes},
	OpTableSet:           {Code: 0x26, Name: "table.set", Imms: []Imm{ImmTable}, Traps: []TrapCode{TableOutOfBounds}, Since: ReferenceTypes},
	OpI32Load:            {Code: 0x28, Name: "i32.load", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:i", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load:            {Code: 0x29, Name: "i64.load", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 8, Traps: []TrapCode{MemoryOutOfBounds}},
	OpF32Load:            {Code: 0x2a, Name: "f32.load", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:f", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpF64Load:            {Code: 0x2b, Name: "f64.load", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:F", Access: 8, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Load8S:          {Code: 0x2c, Name: "i32.load8_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:i", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Load8U:          {Code: 0x2d, Name: "i32.load8_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:i", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Load16S:         {Code: 0x2e, Name: "i32.load16_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:i", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Load16U:         {Code: 0x2f, Name: "i32.load16_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:i", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load8S:          {Code: 0x30, Name: "i64.load8_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load8U:          {Code: 0x31, Name: "i64.load8_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load16S:         {Code: 0x32, Name: "i64.load16_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load16U:         {Code: 0x33, Name: "i64.load16_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load32S:         {Code: 0x34, Name: "i64.load32_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Load32U:         {Code: 0x35, Name: "i64.load32_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:I", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Store:           {Code: 0x36, Name: "i32.store", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "ii:", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Store:           {Code: 0x37, Name: "i64.store", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iI:", Access: 8, Traps: []TrapCode{MemoryOutOfBounds}},
	OpF32Store:           {Code: 0x38, Name: "f32.store", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "if:", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpF64Store:           {Code: 0x39, Name: "f64.store", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iF:", Access: 8, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Store8:          {Code: 0x3a, Name: "i32.store8", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "ii:", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI32Store16:         {Code: 0x3b, Name: "i32.store16", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "ii:", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Store8:          {Code: 0x3c, Name: "i64.store8", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iI:", Access: 1, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Store16:         {Code: 0x3d, Name: "i64.store16", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iI:", Access: 2, Traps: []TrapCode{MemoryOutOfBounds}},
	OpI64Store32:         {Code: 0x3e, Name: "i64.store32", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iI:", Access: 4, Traps: []TrapCode{MemoryOutOfBounds}},
	OpMemorySize:         {Code: 0x3f, Name: "memory.size", Imms: []Imm{ImmMemory}},
	OpMemoryGrow:         {Code: 0x40, Name: "memory.grow", Imms: []Imm{ImmMemory}},
	OpI32Const:           {Code: 0x41, Name: "i32.const", Class: ClassConst, Imms: []Imm{ImmI32}, Sig: ":i", Const: true},
	OpI64Const:           {Code: 0x42, Name: "i64.const", Class: ClassConst, Imms: []Imm{ImmI64}, Sig: ":I", Const: true},
	OpF32Const:           {Code: 0x43, Name: "f32.const", Class: ClassConst, Imms: []Imm{ImmF32}, Sig: ":f", Const: true},
	OpF64Const:           {Code: 0x44, Name: "f64.const", Class: ClassConst, Imms: []Imm{ImmF64}, Sig: ":F", Const: true},
	OpI32Eqz:             {Code: 0x45, Name: "i32.eqz", Class: ClassTest, Sig: "i:i"},
	OpI32Eq:              {Code: 0x46, Name: "i32.eq", Class: ClassCompare, Sig: "ii:i"},
	OpI32Ne:              {Code: 0x47, Name: "i32.ne", Class: ClassCompare, Sig: "ii:i"},
	OpI32LtS:             {Code: 0x48, Name: "i32.lt_s", Class: ClassCompare, Sig: "ii:i"},
	OpI32LtU:             {Code: 0x49, Name: "i32.lt_u", Class: ClassCompare, Sig: "ii:i"},
	OpI32GtS:             {Code: 0x4a, Name: "i32.gt_s", Class: ClassCompare, Sig: "ii:i"},
	OpI32GtU:             {Code: 0x4b, Name: "i32.gt_u", Class: ClassCompare, Sig: "ii:i"},
	OpI32LeS:             {Code: 0x4c, Name: "i32.le_s", Class: ClassCompare, Sig: "ii:i"},
	OpI32LeU:             {Code: 0x4d, Name: "i32.le_u", Class: ClassCompare, Sig: "ii:i"},
	OpI32GeS:             {Code: 0x4e, Name: "i32.ge_s", Class: ClassCompare, Sig: "ii:i"},
	OpI32GeU:             {Code: 0x4f, Name: "i32.ge_u", Class: ClassCompare, Sig: "ii:i"},
	OpI64Eqz:             {Code: 0x50, Name: "i64.eqz", Class: ClassTest, Sig: "I:i"},
	OpI64Eq:              {Code: 0x51, Name: "i64.eq", Class: ClassCompare, Sig: "II:i"},
	OpI64Ne:              {Code: 0x52, Name: "i64.ne", Class: ClassCompare, Sig: "II:i"},
	OpI64LtS:             {Code: 0x53, Name: "i64.lt_s", Class: ClassCompare, Sig: "II:i"},
	OpI64LtU:             {Code: 0x54, Name: "i64.lt_u", Class: ClassCompare, Sig: "II:i"},
	OpI64GtS:             {Code: 0x55, Name: "i64.gt_s", Class: ClassCompare, Sig: "II:i"},
	OpI64GtU:             {Code: 0x56, Name: "i64.gt_u", Class: ClassCompare, Sig: "II:i"},
	OpI64LeS:             {Code: 0x57, Name: "i64.le_s", Class: ClassCompare, Sig: "II:i"},
	OpI64LeU:             {Code: 0x58, Name: "i64.le_u", Class: ClassCompare, Sig: "II:i"},
	OpI64GeS:             {Code: 0x59, Name: "i64.ge_s", Class: ClassCompare, Sig: "II:i"},
	OpI64GeU:             {Code: 0x5a, Name: "i64.ge_u", Class: ClassCompare, Sig: "II:i"},
	OpF32Eq:              {Code: 0x5b, Name: "f32.eq", Class: ClassCompare, Sig: "ff:i"},
	OpF32Ne:              {Code: 0x5c, Name: "f32.ne", Class: ClassCompare, Sig: "ff:i"},
	OpF32Lt:              {Code: 0x5d, Name: "f32.lt", Class: ClassCompare, Sig: "ff:i"},
	OpF32Gt:              {Code: 0x5e, Name: "f32.gt", Class: ClassCompare, Sig: "ff:i"},
	OpF32Le:              {Code: 0x5f, Name: "f32.le", Class: ClassCompare, Sig: "ff:i"},
	OpF32Ge:              {Code: 0x60, Name: "f32.ge", Class: ClassCompare, Sig: "ff:i"},
	OpF64Eq:              {Code: 0x61, Name: "f64.eq", Class: ClassCompare, Sig: "FF:i"},
	OpF64Ne:              {Code: 0x62, Name: "f64.ne", Class: ClassCompare, Sig: "FF:i"},
	OpF64Lt:              {Code: 0x63, Name: "f64.lt", Class: ClassCompare, Sig: "FF:i"},
	OpF64Gt:              {Code: 0x64, Name: "f64.gt", Class: ClassCompare, Sig: "FF:i"},
	OpF64Le:              {Code: 0x65, Name: "f64.le", Class: ClassCompare, Sig: "FF:i"},
	OpF64Ge:              {Code: 0x66, Name: "f64.ge", Class: ClassCompare, Sig: "FF:i"},
	OpI32Clz:             {Code: 0x67, Name: "i32.clz", Class: ClassUnary, Sig: "i:i"},
	OpI32Ctz:             {Code: 0x68, Name: "i32.ctz", Class: ClassUnary, Sig: "i:i"},
	OpI32Popcnt:          {Code: 0x69, Name: "i32.popcnt", Class: ClassUnary, Sig: "i:i"},
	OpI32Add:             {Code: 0x6a, Name: "i32.add", Class: ClassBinary, Sig: "ii:i", Const: true, ConstSince: ExtendedConst},
	OpI32Sub:             {Code: 0x6b, Name: "i32.sub", Class: ClassBinary, Sig: "ii:i", Const: true, ConstSince: ExtendedConst},
	OpI32Mul:             {Code: 0x6c, Name: "i32.mul", Class: ClassBinary, Sig: "ii:i", Const: true, ConstSince: ExtendedConst},
	OpI32DivS:            {Code: 0x6d, Name: "i32.div_s", Class: ClassBinary, Sig: "ii:i", Traps: []TrapCode{DivideByZero, IntegerOverflow}},
	OpI32DivU:            {Code: 0x6e, Name: "i32.div_u", Class: ClassBinary, Sig: "ii:i", Traps: []TrapCode{DivideByZero}},
	OpI32RemS:            {Code: 0x6f, Name: "i32.rem_s", Class: ClassBinary, Sig: "ii:i", Traps: []TrapCode{DivideByZero}},
	OpI32RemU:            {Code: 0x70, Name: "i32.rem_u", Class: ClassBinary, Sig: "ii:i", Traps: []TrapCode{DivideByZero}},
	OpI32And:             {Code: 0x71, Name: "i32.and", Class: ClassBinary, Sig: "ii:i"},
	OpI32Or:              {Code: 0x72, Name: "i32.or", Class: ClassBinary, Sig: "ii:i"},
	OpI32Xor:             {Code: 0x73, Name: "i32.xor", Class: ClassBinary, Sig: "ii:i"},
	OpI32Shl:             {Code: 0x74, Name: "i32.shl", Class: ClassBinary, Sig: "ii:i"},
	OpI32ShrS:            {Code: 0x75, Name: "i32.shr_s", Class: ClassBinary, Sig: "ii:i"},
	OpI32ShrU:            {Code: 0x76, Name: "i32.shr_u", Class: ClassBinary, Sig: "ii:i"},
	OpI32Rotl:            {Code: 0x77, Name: "i32.rotl", Class: ClassBinary, Sig: "ii:i"},
	OpI32Rotr:            {Code: 0x78, Name: "i32.rotr", Class: ClassBinary, Sig: "ii:i"},
	OpI64Clz:             {Code: 0x79, Name: "i64.clz", Class: ClassUnary, Sig: "I:I"},
	OpI64Ctz:             {Code: 0x7a, Name: "i64.ctz", Class: ClassUnary, Sig: "I:I"},
	OpI64Popcnt:          {Code: 0x7b, Name: "i64.popcnt", Class: ClassUnary, Sig: "I:I"},
	OpI64Add:             {Code: 0x7c, Name: "i64.add", Class: ClassBinary, Sig: "II:I", Const: true, ConstSince: ExtendedConst},
	OpI64Sub:             {Code: 0x7d, Name: "i64.sub", Class: ClassBinary, Sig: "II:I", Const: true, ConstSince: ExtendedConst},
	OpI64Mul:             {Code: 0x7e, Name: "i64.mul", Class: ClassBinary, Sig: "II:I", Const: true, ConstSince: ExtendedConst},
	OpI64DivS:            {Code: 0x7f, Name: "i64.div_s", Class: ClassBinary, Sig: "II:I", Traps: []TrapCode{DivideByZero, IntegerOverflow}},
	OpI64DivU:            {Code: 0x80, Name: "i64.div_u", Class: ClassBinary, Sig: "II:I", Traps: []TrapCode{DivideByZero}},
	OpI64RemS:            {Code: 0x81, Name: "i64.rem_s", Class: ClassBinary, Sig: "II:I", Traps: []TrapCode{DivideByZero}},
	OpI64RemU:            {Code: 0x82, Name: "i64.rem_u", Class: ClassBinary, Sig: "II:I", Traps: []TrapCode{DivideByZero}},
	OpI64And:             {Code: 0x83, Name: "i64.and", Class: ClassBinary, Sig: "II:I"},
	OpI64Or:              {Code: 0x84, Name: "i64.or", Class: ClassBinary, Sig: "II:I"},
	OpI64Xor:             {Code: 0x85, Name: "i64.xor", Class: ClassBinary, Sig: "II:I"},
	OpI64Shl:             {Code: 0x86, Name: "i64.shl", Class: ClassBinary, Sig: "II:I"},
	OpI64ShrS:            {Code: 0x87, Name: "i64.shr_s", Class: ClassBinary, Sig: "II:I"},
	OpI64ShrU:            {Code: 0x88, Name: "i64.shr_u", Class: ClassBinary, Sig: "II:I"},
	OpI64Rotl:            {Code: 0x89, Name: "i64.rotl", Class: ClassBinary, Sig: "II:I"},
	OpI64Rotr:            {Code: 0x8a, Name: "i64.rotr", Class: ClassBinary, Sig: "II:I"},
	OpF32Abs:             {Code: 0x8b, Name: "f32.abs", Class: ClassUnary, Sig: "f:f", Bits: true},
	OpF32Neg:             {Code: 0x8c, Name: "f32.neg", Class: ClassUnary, Sig: "f:f", Bits: true},
	OpF32Ceil:            {Code: 0x8d, Name: "f32.ceil", Class: ClassUnary, Sig: "f:f"},
	OpF32Floor:           {Code: 0x8e, Name: "f32.floor", Class: ClassUnary, Sig: "f:f"},
	OpF32Trunc:           {Code: 0x8f, Name: "f32.trunc", Class: ClassUnary, Sig: "f:f"},
	OpF32Nearest:         {Code: 0x90, Name: "f32.nearest", Class: ClassUnary, Sig: "f:f"},
	OpF32Sqrt:            {Code: 0x91, Name: "f32.sqrt", Class: ClassUnary, Sig: "f:f"},
	OpF32Add:             {Code: 0x92, Name: "f32.add", Class: ClassBinary, Sig: "ff:f"},
	OpF32Sub:             {Code: 0x93, Name: "f32.sub", Class: ClassBinary, Sig: "ff:f"},
	OpF32Mul:             {Code: 0x94, Name: "f32.mul", Class: ClassBinary, Sig: "ff:f"},
	OpF32Div:             {Code: 0x95, Name: "f32.div", Class: ClassBinary, Sig: "ff:f"},
	OpF32Min:             {Code: 0x96, Name: "f32.min", Class: ClassBinary, Sig: "ff:f"},
	OpF32Max:             {Code: 0x97, Name: "f32.max", Class: ClassBinary, Sig: "ff:f"},
	OpF32Copysign:        {Code: 0x98, Name: "f32.copysign", Class: ClassBinary, Sig: "ff:f", Bits: true},
	OpF64Abs:             {Code: 0x99, Name: "f64.abs", Class: ClassUnary, Sig: "F:F", Bits: true},
	OpF64Neg:             {Code: 0x9a, Name: "f64.neg", Class: ClassUnary, Sig: "F:F", Bits: true},
	OpF64Ceil:            {Code: 0x9b, Name: "f64.ceil", Class: ClassUnary, Sig: "F:F"},
	OpF64Floor:           {Code: 0x9c, Name: "f64.floor", Class: ClassUnary, Sig: "F:F"},
	OpF64Trunc:           {Code: 0x9d, Name: "f64.trunc", Class: ClassUnary, Sig: "F:F"},
	OpF64Nearest:         {Code: 0x9e, Name: "f64.nearest", Class: ClassUnary, Sig: "F:F"},
	OpF64Sqrt:            {Code: 0x9f, Name: "f64.sqrt", Class: ClassUnary, Sig: "F:F"},
	OpF64Add:             {Code: 0xa0, Name: "f64.add", Class: ClassBinary, Sig: "FF:F"},
	OpF64Sub:             {Code: 0xa1, Name: "f64.sub", Class: ClassBinary, Sig: "FF:F"},
	OpF64Mul:             {Code: 0xa2, Name: "f64.mul", Class: ClassBinary, Sig: "FF:F"},
	OpF64Div:             {Code: 0xa3, Name: "f64.div", Class: ClassBinary, Sig: "FF:F"},
	OpF64Min:             {Code: 0xa4, Name: "f64.min", Class: ClassBinary, Sig: "FF:F"},
	OpF64Max:             {Code: 0xa5, Name: "f64.max", Class: ClassBinary, Sig: "FF:F"},
	OpF64Copysign:        {Code: 0xa6, Name: "f64.copysign", Class: ClassBinary, Sig: "FF:F", Bits: true},
	OpI32WrapI64:         {Code: 0xa7, Name: "i32.wrap_i64", Class: ClassUnary, Sig: "I:i"},
	OpI32TruncF32S:       {Code: 0xa8, Name: "i32.trunc_f32_s", Class: ClassUnary, Sig: "f:i", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI32TruncF32U:       {Code: 0xa9, Name: "i32.trunc_f32_u", Class: ClassUnary, Sig: "f:i", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI32TruncF64S:       {Code: 0xaa, Name: "i32.trunc_f64_s", Class: ClassUnary, Sig: "F:i", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI32TruncF64U:       {Code: 0xab, Name: "i32.trunc_f64_u", Class: ClassUnary, Sig: "F:i", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI64ExtendI32S:      {Code: 0xac, Name: "i64.extend_i32_s", Class: ClassUnary, Sig: "i:I"},
	OpI64ExtendI32U:      {Code: 0xad, Name: "i64.extend_i32_u", Class: ClassUnary, Sig: "i:I"},
	OpI64TruncF32S:       {Code: 0xae, Name: "i64.trunc_f32_s", Class: ClassUnary, Sig: "f:I", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI64TruncF32U:       {Code: 0xaf, Name: "i64.trunc_f32_u", Class: ClassUnary, Sig: "f:I", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI64TruncF64S:       {Code: 0xb0, Name: "i64.trunc_f64_s", Class: ClassUnary, Sig: "F:I", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpI64TruncF64U:       {Code: 0xb1, Name: "i64.trunc_f64_u", Class: ClassUnary, Sig: "F:I", Traps: []TrapCode{InvalidConversion, IntegerOverflow}},
	OpF32ConvertI32S:     {Code: 0xb2, Name: "f32.convert_i32_s", Class: ClassUnary, Sig: "i:f"},
	OpF32ConvertI32U:     {Code: 0xb3, Name: "f32.convert_i32_u", Class: ClassUnary, Sig: "i:f"},
	OpF32ConvertI64S:     {Code: 0xb4, Name: "f32.convert_i64_s", Class: ClassUnary, Sig: "I:f"},
	OpF32ConvertI64U:     {Code: 0xb5, Name: "f32.convert_i64_u", Class: ClassUnary, Sig: "I:f"},
	OpF32DemoteF64:       {Code: 0xb6, Name: "f32.demote_f64", Class: ClassUnary, Sig: "F:f"},
	OpF64ConvertI32S:     {Code: 0xb7, Name: "f64.convert_i32_s", Class: ClassUnary, Sig: "i:F"},
	OpF64ConvertI32U:     {Code: 0xb8, Name: "f64.convert_i32_u", Class: ClassUnary, Sig: "i:F"},
	OpF64ConvertI64S:     {Code: 0xb9, Name: "f64.convert_i64_s", Class: ClassUnary, Sig: "I:F"},
	OpF64ConvertI64U:     {Code: 0xba, Name: "f64.convert_i64_u", Class: ClassUnary, Sig: "I:F"},
	OpF64PromoteF32:      {Code: 0xbb, Name: "f64.promote_f32", Class: ClassUnary, Sig: "f:F"},
	OpI32ReinterpretF32:  {Code: 0xbc, Name: "i32.reinterpret_f32", Class: ClassUnary, Sig: "f:i"},
	OpI64ReinterpretF64:  {Code: 0xbd, Name: "i64.reinterpret_f64", Class: ClassUnary, Sig: "F:I"},
	OpF32ReinterpretI32:  {Code: 0xbe, Name: "f32.reinterpret_i32", Class: ClassUnary, Sig: "i:f"},
	OpF64ReinterpretI64:  {Code: 0xbf, Name: "f64.reinterpret_i64", Class: ClassUnary, Sig: "I:F"},
	OpI32Extend8S:        {Code: 0xc0, Name: "i32.extend8_s", Class: ClassUnary, Sig: "i:i", Since: SignExtension},
	OpI32Extend16S:       {Code: 0xc1, Name: "i32.extend16_s", Class: ClassUnary, Sig: "i:i", Since: SignExtension},
	OpI64Extend8S:        {Code: 0xc2, Name: "i64.extend8_s", Class: ClassUnary, Sig: "I:I", Since: SignExtension},
	OpI64Extend16S:       {Code: 0xc3, Name: "i64.extend16_s", Class: ClassUnary, Sig: "I:I", Since: SignExtension},
	OpI64Extend32S:       {Code: 0xc4, Name: "i64.extend32_s", Class: ClassUnary, Sig: "I:I", Since: SignExtension},
	OpRefNull:            {Code: 0xd0, Name: "ref.null", Imms: []Imm{ImmRefType}, Const: true, Since: ReferenceTypes},
	OpRefIsNull:          {Code: 0xd1, Name: "ref.is_null", Since: ReferenceTypes},
	OpRefFunc:            {Code: 0xd2, Name: "ref.func", Imms: []Imm{ImmFunc}, Const: true, Since: ReferenceTypes},
	OpI32TruncSatF32S:    {Code: 0xfc00, Name: "i32.trunc_sat_f32_s", Class: ClassUnary, Sig: "f:i", Since: SaturatingConversion},
	OpI32TruncSatF32U:    {Code: 0xfc01, Name: "i32.trunc_sat_f32_u", Class: ClassUnary, Sig: "f:i", Since: SaturatingConversion},
	OpI32TruncSatF64S:    {Code: 0xfc02, Name: "i32.trunc_sat_f64_s", Class: ClassUnary, Sig: "F:i", Since: SaturatingConversion},
	OpI32TruncSatF64U:    {Code: 0xfc03, Name: "i32.trunc_sat_f64_u", Class: ClassUnary, Sig: "F:i", Since: SaturatingConversion},
	OpI64TruncSatF32S:    {Code: 0xfc04, Name: "i64.trunc_sat_f32_s", Class: ClassUnary, Sig: "f:I", Since: SaturatingConversion},
	OpI64TruncSatF32U:    {Code: 0xfc05, Name: "i64.trunc_sat_f32_u", Class: ClassUnary, Sig: "f:I", Since: SaturatingConversion},
	OpI64TruncSatF64S:    {Code: 0xfc06, Name: "i64.trunc_sat_f64_s", Class: ClassUnary, Sig: "F:I", Since: SaturatingConversion},
	OpI64TruncSatF64U:    {Code: 0xfc07, Name: "i64.trunc_sat_f64_u", Class: ClassUnary, Sig: "F:I", Since: SaturatingConversion},
	OpMemoryInit:         {Code: 0xfc08, Name: "memory.init", Class: ClassBulk, Imms: []Imm{ImmData, ImmMemory}, Sig: "iii:", Traps: []TrapCode{MemoryOutOfBounds}, Since: BulkMemory},
	OpDataDrop:           {Code: 0xfc09, Name: "data.drop", Class: ClassBulk, Imms: []Imm{ImmData}, Sig: ":", Since: BulkMemory},
	OpMemoryCopy:         {Code: 0xfc0a, Name: "memory.copy", Class: ClassBulk, Imms: []Imm{ImmMemory, ImmMemory}, Sig: "iii:", Traps: []TrapCode{MemoryOutOfBounds}, Since: BulkMemory},
	OpMemoryFill:         {Code: 0xfc0b, Name: "memory.fill", Class: ClassBulk, Imms: []Imm{ImmMemory}, Sig: "iii:", Traps: []TrapCode{MemoryOutOfBounds}, Since: BulkMemory},
	OpTableInit:          {Code: 0xfc0c, Name: "table.init", Class: ClassBulk, Imms: []Imm{ImmElem, ImmTable}, Sig: "iii:", Traps: []TrapCode{TableOutOfBounds}, Since: BulkMemory},
	OpElemDrop:           {Code: 0xfc0d, Name: "elem.drop", Class: ClassBulk, Imms: []Imm{ImmElem}, Sig: ":", Since: BulkMemory},
	OpTableCopy:          {Code: 0xfc0e, Name: "table.copy", Class: ClassBulk, Imms: []Imm{ImmTable, ImmTable}, Sig: "iii:", Traps: []TrapCode{TableOutOfBounds}, Since: BulkMemory},
	OpTableGrow:          {Code: 0xfc0f, Name: "table.grow", Imms: []Imm{ImmTable}, Since: ReferenceTypes},
	OpTableSize:          {Code: 0xfc10, Name: "table.size", Imms: []Imm{ImmTable}, Since: ReferenceTypes},
	OpTableFill:          {Code: 0xfc11, Name: "table.fill", Imms: []Imm{ImmTable}, Traps: []TrapCode{TableOutOfBounds}, Since: ReferenceTypes},
}

// SigTypes gives the value type of each letter of [OpInfo.Sig].
var SigTypes = map[byte]ValType{'i': I32, 'I': I64, 'f': F32, 'F': F64, 'V': V128}
