package wasm

// The instructions of fixed-width SIMD, in the order of their encodings.
const (
	OpV128Load Op = numScalar + iota
	OpV128Load8x8S
	OpV128Load8x8U
	OpV128Load16x4S
	OpV128Load16x4U
	OpV128Load32x2S
	OpV128Load32x2U
	OpV128Load8Splat
	OpV128Load16Splat
	OpV128Load32Splat
	OpV128Load64Splat
	OpV128Store
	OpV128Const
	OpI8x16Shuffle
	OpI8x16Swizzle
	OpI8x16Splat
	OpI16x8Splat
	OpI32x4Splat
	OpI64x2Splat
	OpF32x4Splat
	OpF64x2Splat
	OpI8x16ExtractLaneS
	OpI8x16ExtractLaneU
	OpI8x16ReplaceLane
	OpI16x8ExtractLaneS
	OpI16x8ExtractLaneU
	OpI16x8ReplaceLane
	OpI32x4ExtractLane
	OpI32x4ReplaceLane
	OpI64x2ExtractLane
	OpI64x2ReplaceLane
	OpF32x4ExtractLane
	OpF32x4ReplaceLane
	OpF64x2ExtractLane
	OpF64x2ReplaceLane
	OpI8x16Eq
	OpI8x16Ne
	OpI8x16LtS
	OpI8x16LtU
	OpI8x16GtS
	OpI8x16GtU
	OpI8x16LeS
	OpI8x16LeU
	OpI8x16GeS
	OpI8x16GeU
	OpI16x8Eq
	OpI16x8Ne
	OpI16x8LtS
	OpI16x8LtU
	OpI16x8GtS
	OpI16x8GtU
	OpI16x8LeS
	OpI16x8LeU
	OpI16x8GeS
	OpI16x8GeU
	OpI32x4Eq
	OpI32x4Ne
	OpI32x4LtS
	OpI32x4LtU
	OpI32x4GtS
	OpI32x4GtU
	OpI32x4LeS
	OpI32x4LeU
	OpI32x4GeS
	OpI32x4GeU
	OpF32x4Eq
	OpF32x4Ne
	OpF32x4Lt
	OpF32x4Gt
	OpF32x4Le
	OpF32x4Ge
	OpF64x2Eq
	OpF64x2Ne
	OpF64x2Lt
	OpF64x2Gt
	OpF64x2Le
	OpF64x2Ge
	OpV128Not
	OpV128And
	OpV128Andnot
	OpV128Or
	OpV128Xor
	OpV128Bitselect
	OpV128AnyTrue
	OpV128Load8Lane
	OpV128Load16Lane
	OpV128Load32Lane
	OpV128Load64Lane
	OpV128Store8Lane
	OpV128Store16Lane
	OpV128Store32Lane
	OpV128Store64Lane
	OpV128Load32Zero
	OpV128Load64Zero
	OpF32x4DemoteF64x2Zero
	OpF64x2PromoteLowF32x4
	OpI8x16Abs
	OpI8x16Neg
	OpI8x16Popcnt
	OpI8x16AllTrue
	OpI8x16Bitmask
	OpI8x16NarrowI16x8S
	OpI8x16NarrowI16x8U
	OpF32x4Ceil
	OpF32x4Floor
	OpF32x4Trunc
	OpF32x4Nearest
	OpI8x16Shl
	OpI8x16ShrS
	OpI8x16ShrU
	OpI8x16Add
	OpI8x16AddSatS
	OpI8x16AddSatU
	OpI8x16Sub
	OpI8x16SubSatS
	OpI8x16SubSatU
	OpF64x2Ceil
	OpF64x2Floor
	OpI8x16MinS
	OpI8x16MinU
	OpI8x16MaxS
	OpI8x16MaxU
	OpF64x2Trunc
	OpI8x16AvgrU
	OpI16x8ExtaddPairwiseI8x16S
	OpI16x8ExtaddPairwiseI8x16U
	OpI32x4ExtaddPairwiseI16x8S
	OpI32x4ExtaddPairwiseI16x8U
	OpI16x8Abs
	OpI16x8Neg
	OpI16x8Q15mulrSatS
	OpI16x8AllTrue
	OpI16x8Bitmask
	OpI16x8NarrowI32x4S
	OpI16x8NarrowI32x4U
	OpI16x8ExtendLowI8x16S
	OpI16x8ExtendHighI8x16S
	OpI16x8ExtendLowI8x16U
	OpI16x8ExtendHighI8x16U
	OpI16x8Shl
	OpI16x8ShrS
	OpI16x8ShrU
	OpI16x8Add
	OpI16x8AddSatS
	OpI16x8AddSatU
	OpI16x8Sub
	OpI16x8SubSatS
	OpI16x8SubSatU
	OpF64x2Nearest
	OpI16x8Mul
	OpI16x8MinS
	OpI16x8MinU
	OpI16x8MaxS
	OpI16x8MaxU
	OpI16x8AvgrU
	OpI16x8ExtmulLowI8x16S
	OpI16x8ExtmulHighI8x16S
	OpI16x8ExtmulLowI8x16U
	OpI16x8ExtmulHighI8x16U
	OpI32x4Abs
	OpI32x4Neg
	OpI32x4AllTrue
	OpI32x4Bitmask
	OpI32x4ExtendLowI16x8S
	OpI32x4ExtendHighI16x8S
	OpI32x4ExtendLowI16x8U
	OpI32x4ExtendHighI16x8U
	OpI32x4Shl
	OpI32x4ShrS
	OpI32x4ShrU
	OpI32x4Add
	OpI32x4Sub
	OpI32x4Mul
	OpI32x4MinS
	OpI32x4MinU
	OpI32x4MaxS
	OpI32x4MaxU
	OpI32x4DotI16x8S
	OpI32x4ExtmulLowI16x8S
	OpI32x4ExtmulHighI16x8S
	OpI32x4ExtmulLowI16x8U
	OpI32x4ExtmulHighI16x8U
	OpI64x2Abs
	OpI64x2Neg
	OpI64x2AllTrue
	OpI64x2Bitmask
	OpI64x2ExtendLowI32x4S
	OpI64x2ExtendHighI32x4S
	OpI64x2ExtendLowI32x4U
	OpI64x2ExtendHighI32x4U
	OpI64x2Shl
	OpI64x2ShrS
	OpI64x2ShrU
	OpI64x2Add
	OpI64x2Sub
	OpI64x2Mul
	OpI64x2Eq
	OpI64x2Ne
	OpI64x2LtS
	OpI64x2GtS
	OpI64x2LeS
	OpI64x2GeS
	OpI64x2ExtmulLowI32x4S
	OpI64x2ExtmulHighI32x4S
	OpI64x2ExtmulLowI32x4U
	OpI64x2ExtmulHighI32x4U
	OpF32x4Abs
	OpF32x4Neg
	OpF32x4Sqrt
	OpF32x4Add
	OpF32x4Sub
	OpF32x4Mul
	OpF32x4Div
	OpF32x4Min
	OpF32x4Max
	OpF32x4Pmin
	OpF32x4Pmax
	OpF64x2Abs
	OpF64x2Neg
	OpF64x2Sqrt
	OpF64x2Add
	OpF64x2Sub
	OpF64x2Mul
	OpF64x2Div
	OpF64x2Min
	OpF64x2Max
	OpF64x2Pmin
	OpF64x2Pmax
	OpI32x4TruncSatF32x4S
	OpI32x4TruncSatF32x4U
	OpF32x4ConvertI32x4S
	OpF32x4ConvertI32x4U
	OpI32x4TruncSatF64x2SZero
	OpI32x4TruncSatF64x2UZero
	OpF64x2ConvertLowI32x4S
	OpF64x2ConvertLowI32x4U

	// NumOps is the number of instructions.
	NumOps = numScalar + iota
)

// vectorOps is the opcode table's part for fixed-width SIMD (specification sections 3.3.2 and 5.4.8).
var vectorOps = [NumOps - numScalar]OpInfo{
	OpV128Load - numScalar:                  {Code: 0xfd00, Name: "v128.load", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 16, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load8x8S - numScalar:              {Code: 0xfd01, Name: "v128.load8x8_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtendS"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load8x8U - numScalar:              {Code: 0xfd02, Name: "v128.load8x8_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtendU"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load16x4S - numScalar:             {Code: 0xfd03, Name: "v128.load16x4_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtendS"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load16x4U - numScalar:             {Code: 0xfd04, Name: "v128.load16x4_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtendU"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load32x2S - numScalar:             {Code: 0xfd05, Name: "v128.load32x2_s", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtendS"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load32x2U - numScalar:             {Code: 0xfd06, Name: "v128.load32x2_u", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtendU"}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load8Splat - numScalar:            {Code: 0xfd07, Name: "v128.load8_splat", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 1, Lanes: Lanes{Form: LaneSplat, Width: 8}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load16Splat - numScalar:           {Code: 0xfd08, Name: "v128.load16_splat", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 2, Lanes: Lanes{Form: LaneSplat, Width: 16}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load32Splat - numScalar:           {Code: 0xfd09, Name: "v128.load32_splat", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 4, Lanes: Lanes{Form: LaneSplat, Width: 32}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load64Splat - numScalar:           {Code: 0xfd0a, Name: "v128.load64_splat", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneSplat, Width: 64}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Store - numScalar:                 {Code: 0xfd0b, Name: "v128.store", Class: ClassStore, Imms: []Imm{ImmMemarg}, Sig: "iV:", Access: 16, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Const - numScalar:                 {Code: 0xfd0c, Name: "v128.const", Class: ClassConst, Imms: []Imm{ImmV128}, Sig: ":V", Const: true, Since: SIMD},
	OpI8x16Shuffle - numScalar:              {Code: 0xfd0d, Name: "i8x16.shuffle", Class: ClassVector, Imms: []Imm{ImmLanes}, Sig: "VV:V", Lanes: Lanes{Form: LaneWhole, Width: 8, Func: "Shuffle"}, Since: SIMD},
	OpI8x16Swizzle - numScalar:              {Code: 0xfd0e, Name: "i8x16.swizzle", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneWhole, Width: 8, Func: "Swizzle"}, Since: SIMD},
	OpI8x16Splat - numScalar:                {Code: 0xfd0f, Name: "i8x16.splat", Class: ClassVector, Sig: "i:V", Lanes: Lanes{Form: LaneSplat, Width: 8}, Since: SIMD},
	OpI16x8Splat - numScalar:                {Code: 0xfd10, Name: "i16x8.splat", Class: ClassVector, Sig: "i:V", Lanes: Lanes{Form: LaneSplat, Width: 16}, Since: SIMD},
	OpI32x4Splat - numScalar:                {Code: 0xfd11, Name: "i32x4.splat", Class: ClassVector, Sig: "i:V", Lanes: Lanes{Form: LaneSplat, Width: 32}, Since: SIMD},
	OpI64x2Splat - numScalar:                {Code: 0xfd12, Name: "i64x2.splat", Class: ClassVector, Sig: "I:V", Lanes: Lanes{Form: LaneSplat, Width: 64}, Since: SIMD},
	OpF32x4Splat - numScalar:                {Code: 0xfd13, Name: "f32x4.splat", Class: ClassVector, Sig: "f:V", Lanes: Lanes{Form: LaneSplat, Width: 32}, Since: SIMD},
	OpF64x2Splat - numScalar:                {Code: 0xfd14, Name: "f64x2.splat", Class: ClassVector, Sig: "F:V", Lanes: Lanes{Form: LaneSplat, Width: 64}, Since: SIMD},
	OpI8x16ExtractLaneS - numScalar:         {Code: 0xfd15, Name: "i8x16.extract_lane_s", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:i", Lanes: Lanes{Form: LaneExtract, Width: 32, From: 8, Func: "LaneExtendS"}, Since: SIMD},
	OpI8x16ExtractLaneU - numScalar:         {Code: 0xfd16, Name: "i8x16.extract_lane_u", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:i", Lanes: Lanes{Form: LaneExtract, Width: 32, From: 8, Func: "LaneExtendU"}, Since: SIMD},
	OpI8x16ReplaceLane - numScalar:          {Code: 0xfd17, Name: "i8x16.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "Vi:V", Lanes: Lanes{Form: LaneReplace, Width: 8}, Since: SIMD},
	OpI16x8ExtractLaneS - numScalar:         {Code: 0xfd18, Name: "i16x8.extract_lane_s", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:i", Lanes: Lanes{Form: LaneExtract, Width: 32, From: 16, Func: "LaneExtendS"}, Since: SIMD},
	OpI16x8ExtractLaneU - numScalar:         {Code: 0xfd19, Name: "i16x8.extract_lane_u", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:i", Lanes: Lanes{Form: LaneExtract, Width: 32, From: 16, Func: "LaneExtendU"}, Since: SIMD},
	OpI16x8ReplaceLane - numScalar:          {Code: 0xfd1a, Name: "i16x8.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "Vi:V", Lanes: Lanes{Form: LaneReplace, Width: 16}, Since: SIMD},
	OpI32x4ExtractLane - numScalar:          {Code: 0xfd1b, Name: "i32x4.extract_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:i", Lanes: Lanes{Form: LaneExtract, Width: 32}, Since: SIMD},
	OpI32x4ReplaceLane - numScalar:          {Code: 0xfd1c, Name: "i32x4.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "Vi:V", Lanes: Lanes{Form: LaneReplace, Width: 32}, Since: SIMD},
	OpI64x2ExtractLane - numScalar:          {Code: 0xfd1d, Name: "i64x2.extract_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:I", Lanes: Lanes{Form: LaneExtract, Width: 64}, Since: SIMD},
	OpI64x2ReplaceLane - numScalar:          {Code: 0xfd1e, Name: "i64x2.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "VI:V", Lanes: Lanes{Form: LaneReplace, Width: 64}, Since: SIMD},
	OpF32x4ExtractLane - numScalar:          {Code: 0xfd1f, Name: "f32x4.extract_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:f", Lanes: Lanes{Form: LaneExtract, Width: 32}, Since: SIMD},
	OpF32x4ReplaceLane - numScalar:          {Code: 0xfd20, Name: "f32x4.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "Vf:V", Lanes: Lanes{Form: LaneReplace, Width: 32}, Since: SIMD},
	OpF64x2ExtractLane - numScalar:          {Code: 0xfd21, Name: "f64x2.extract_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "V:F", Lanes: Lanes{Form: LaneExtract, Width: 64}, Since: SIMD},
	OpF64x2ReplaceLane - numScalar:          {Code: 0xfd22, Name: "f64x2.replace_lane", Class: ClassVector, Imms: []Imm{ImmLane}, Sig: "VF:V", Lanes: Lanes{Form: LaneReplace, Width: 64}, Since: SIMD},
	OpI8x16Eq - numScalar:                   {Code: 0xfd23, Name: "i8x16.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneEq"}, Since: SIMD},
	OpI8x16Ne - numScalar:                   {Code: 0xfd24, Name: "i8x16.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneNe"}, Since: SIMD},
	OpI8x16LtS - numScalar:                  {Code: 0xfd25, Name: "i8x16.lt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneLtS"}, Since: SIMD},
	OpI8x16LtU - numScalar:                  {Code: 0xfd26, Name: "i8x16.lt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneLtU"}, Since: SIMD},
	OpI8x16GtS - numScalar:                  {Code: 0xfd27, Name: "i8x16.gt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneGtS"}, Since: SIMD},
	OpI8x16GtU - numScalar:                  {Code: 0xfd28, Name: "i8x16.gt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneGtU"}, Since: SIMD},
	OpI8x16LeS - numScalar:                  {Code: 0xfd29, Name: "i8x16.le_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneLeS"}, Since: SIMD},
	OpI8x16LeU - numScalar:                  {Code: 0xfd2a, Name: "i8x16.le_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneLeU"}, Since: SIMD},
	OpI8x16GeS - numScalar:                  {Code: 0xfd2b, Name: "i8x16.ge_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneGeS"}, Since: SIMD},
	OpI8x16GeU - numScalar:                  {Code: 0xfd2c, Name: "i8x16.ge_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneGeU"}, Since: SIMD},
	OpI16x8Eq - numScalar:                   {Code: 0xfd2d, Name: "i16x8.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneEq"}, Since: SIMD},
	OpI16x8Ne - numScalar:                   {Code: 0xfd2e, Name: "i16x8.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneNe"}, Since: SIMD},
	OpI16x8LtS - numScalar:                  {Code: 0xfd2f, Name: "i16x8.lt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneLtS"}, Since: SIMD},
	OpI16x8LtU - numScalar:                  {Code: 0xfd30, Name: "i16x8.lt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneLtU"}, Since: SIMD},
	OpI16x8GtS - numScalar:                  {Code: 0xfd31, Name: "i16x8.gt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneGtS"}, Since: SIMD},
	OpI16x8GtU - numScalar:                  {Code: 0xfd32, Name: "i16x8.gt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneGtU"}, Since: SIMD},
	OpI16x8LeS - numScalar:                  {Code: 0xfd33, Name: "i16x8.le_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneLeS"}, Since: SIMD},
	OpI16x8LeU - numScalar:                  {Code: 0xfd34, Name: "i16x8.le_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneLeU"}, Since: SIMD},
	OpI16x8GeS - numScalar:                  {Code: 0xfd35, Name: "i16x8.ge_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneGeS"}, Since: SIMD},
	OpI16x8GeU - numScalar:                  {Code: 0xfd36, Name: "i16x8.ge_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneGeU"}, Since: SIMD},
	OpI32x4Eq - numScalar:                   {Code: 0xfd37, Name: "i32x4.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32Eq"}, Since: SIMD},
	OpI32x4Ne - numScalar:                   {Code: 0xfd38, Name: "i32x4.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32Ne"}, Since: SIMD},
	OpI32x4LtS - numScalar:                  {Code: 0xfd39, Name: "i32x4.lt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32LtS"}, Since: SIMD},
	OpI32x4LtU - numScalar:                  {Code: 0xfd3a, Name: "i32x4.lt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32LtU"}, Since: SIMD},
	OpI32x4GtS - numScalar:                  {Code: 0xfd3b, Name: "i32x4.gt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32GtS"}, Since: SIMD},
	OpI32x4GtU - numScalar:                  {Code: 0xfd3c, Name: "i32x4.gt_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32GtU"}, Since: SIMD},
	OpI32x4LeS - numScalar:                  {Code: 0xfd3d, Name: "i32x4.le_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32LeS"}, Since: SIMD},
	OpI32x4LeU - numScalar:                  {Code: 0xfd3e, Name: "i32x4.le_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32LeU"}, Since: SIMD},
	OpI32x4GeS - numScalar:                  {Code: 0xfd3f, Name: "i32x4.ge_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32GeS"}, Since: SIMD},
	OpI32x4GeU - numScalar:                  {Code: 0xfd40, Name: "i32x4.ge_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32GeU"}, Since: SIMD},
	OpF32x4Eq - numScalar:                   {Code: 0xfd41, Name: "f32x4.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Eq"}, Since: SIMD},
	OpF32x4Ne - numScalar:                   {Code: 0xfd42, Name: "f32x4.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Ne"}, Since: SIMD},
	OpF32x4Lt - numScalar:                   {Code: 0xfd43, Name: "f32x4.lt", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Lt"}, Since: SIMD},
	OpF32x4Gt - numScalar:                   {Code: 0xfd44, Name: "f32x4.gt", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Gt"}, Since: SIMD},
	OpF32x4Le - numScalar:                   {Code: 0xfd45, Name: "f32x4.le", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Le"}, Since: SIMD},
	OpF32x4Ge - numScalar:                   {Code: 0xfd46, Name: "f32x4.ge", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Ge"}, Since: SIMD},
	OpF64x2Eq - numScalar:                   {Code: 0xfd47, Name: "f64x2.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Eq"}, Since: SIMD},
	OpF64x2Ne - numScalar:                   {Code: 0xfd48, Name: "f64x2.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Ne"}, Since: SIMD},
	OpF64x2Lt - numScalar:                   {Code: 0xfd49, Name: "f64x2.lt", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Lt"}, Since: SIMD},
	OpF64x2Gt - numScalar:                   {Code: 0xfd4a, Name: "f64x2.gt", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Gt"}, Since: SIMD},
	OpF64x2Le - numScalar:                   {Code: 0xfd4b, Name: "f64x2.le", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Le"}, Since: SIMD},
	OpF64x2Ge - numScalar:                   {Code: 0xfd4c, Name: "f64x2.ge", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Ge"}, Since: SIMD},
	OpV128Not - numScalar:                   {Code: 0xfd4d, Name: "v128.not", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LaneNot"}, Since: SIMD},
	OpV128And - numScalar:                   {Code: 0xfd4e, Name: "v128.and", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64And"}, Since: SIMD},
	OpV128Andnot - numScalar:                {Code: 0xfd4f, Name: "v128.andnot", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LaneAndnot"}, Since: SIMD},
	OpV128Or - numScalar:                    {Code: 0xfd50, Name: "v128.or", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Or"}, Since: SIMD},
	OpV128Xor - numScalar:                   {Code: 0xfd51, Name: "v128.xor", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Xor"}, Since: SIMD},
	OpV128Bitselect - numScalar:             {Code: 0xfd52, Name: "v128.bitselect", Class: ClassVector, Sig: "VVV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LaneBitselect"}, Since: SIMD},
	OpV128AnyTrue - numScalar:               {Code: 0xfd53, Name: "v128.any_true", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneAny, Width: 64, Func: "LaneNonzero"}, Since: SIMD},
	OpV128Load8Lane - numScalar:             {Code: 0xfd54, Name: "v128.load8_lane", Class: ClassLoadLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:V", Access: 1, Lanes: Lanes{Form: LaneReplace, Width: 8}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load16Lane - numScalar:            {Code: 0xfd55, Name: "v128.load16_lane", Class: ClassLoadLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:V", Access: 2, Lanes: Lanes{Form: LaneReplace, Width: 16}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load32Lane - numScalar:            {Code: 0xfd56, Name: "v128.load32_lane", Class: ClassLoadLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:V", Access: 4, Lanes: Lanes{Form: LaneReplace, Width: 32}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load64Lane - numScalar:            {Code: 0xfd57, Name: "v128.load64_lane", Class: ClassLoadLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:V", Access: 8, Lanes: Lanes{Form: LaneReplace, Width: 64}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Store8Lane - numScalar:            {Code: 0xfd58, Name: "v128.store8_lane", Class: ClassStoreLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:", Access: 1, Lanes: Lanes{Form: LaneExtract, Width: 8}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Store16Lane - numScalar:           {Code: 0xfd59, Name: "v128.store16_lane", Class: ClassStoreLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:", Access: 2, Lanes: Lanes{Form: LaneExtract, Width: 16}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Store32Lane - numScalar:           {Code: 0xfd5a, Name: "v128.store32_lane", Class: ClassStoreLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:", Access: 4, Lanes: Lanes{Form: LaneExtract, Width: 32}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Store64Lane - numScalar:           {Code: 0xfd5b, Name: "v128.store64_lane", Class: ClassStoreLane, Imms: []Imm{ImmMemarg, ImmLane}, Sig: "iV:", Access: 8, Lanes: Lanes{Form: LaneExtract, Width: 64}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load32Zero - numScalar:            {Code: 0xfd5c, Name: "v128.load32_zero", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 4, Lanes: Lanes{Form: LaneZero, Width: 32}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpV128Load64Zero - numScalar:            {Code: 0xfd5d, Name: "v128.load64_zero", Class: ClassLoad, Imms: []Imm{ImmMemarg}, Sig: "i:V", Access: 8, Lanes: Lanes{Form: LaneZero, Width: 64}, Traps: []TrapCode{MemoryOutOfBounds}, Since: SIMD},
	OpF32x4DemoteF64x2Zero - numScalar:      {Code: 0xfd5e, Name: "f32x4.demote_f64x2_zero", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneNarrow, Width: 32, From: 64, Func: "F32DemoteF64"}, Since: SIMD},
	OpF64x2PromoteLowF32x4 - numScalar:      {Code: 0xfd5f, Name: "f64x2.promote_low_f32x4", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "F64PromoteF32"}, Since: SIMD},
	OpI8x16Abs - numScalar:                  {Code: 0xfd60, Name: "i8x16.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneAbs"}, Since: SIMD},
	OpI8x16Neg - numScalar:                  {Code: 0xfd61, Name: "i8x16.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneNeg"}, Since: SIMD},
	OpI8x16Popcnt - numScalar:               {Code: 0xfd62, Name: "i8x16.popcnt", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LanePopcnt"}, Since: SIMD},
	OpI8x16AllTrue - numScalar:              {Code: 0xfd63, Name: "i8x16.all_true", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneAll, Width: 8, Func: "LaneNonzero"}, Since: SIMD},
	OpI8x16Bitmask - numScalar:              {Code: 0xfd64, Name: "i8x16.bitmask", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneBits, Width: 8, Func: "LaneNegative"}, Since: SIMD},
	OpI8x16NarrowI16x8S - numScalar:         {Code: 0xfd65, Name: "i8x16.narrow_i16x8_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneNarrow, Width: 8, From: 16, Func: "LaneNarrow8S"}, Since: SIMD},
	OpI8x16NarrowI16x8U - numScalar:         {Code: 0xfd66, Name: "i8x16.narrow_i16x8_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneNarrow, Width: 8, From: 16, Func: "LaneNarrow8U"}, Since: SIMD},
	OpF32x4Ceil - numScalar:                 {Code: 0xfd67, Name: "f32x4.ceil", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Ceil"}, Since: SIMD},
	OpF32x4Floor - numScalar:                {Code: 0xfd68, Name: "f32x4.floor", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Floor"}, Since: SIMD},
	OpF32x4Trunc - numScalar:                {Code: 0xfd69, Name: "f32x4.trunc", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Trunc"}, Since: SIMD},
	OpF32x4Nearest - numScalar:              {Code: 0xfd6a, Name: "f32x4.nearest", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Nearest"}, Since: SIMD},
	OpI8x16Shl - numScalar:                  {Code: 0xfd6b, Name: "i8x16.shl", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 8, Func: "LaneShl"}, Since: SIMD},
	OpI8x16ShrS - numScalar:                 {Code: 0xfd6c, Name: "i8x16.shr_s", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 8, Func: "LaneShrS"}, Since: SIMD},
	OpI8x16ShrU - numScalar:                 {Code: 0xfd6d, Name: "i8x16.shr_u", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 8, Func: "LaneShrU"}, Since: SIMD},
	OpI8x16Add - numScalar:                  {Code: 0xfd6e, Name: "i8x16.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneAdd"}, Since: SIMD},
	OpI8x16AddSatS - numScalar:              {Code: 0xfd6f, Name: "i8x16.add_sat_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneAddSat8S"}, Since: SIMD},
	OpI8x16AddSatU - numScalar:              {Code: 0xfd70, Name: "i8x16.add_sat_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneAddSat8U"}, Since: SIMD},
	OpI8x16Sub - numScalar:                  {Code: 0xfd71, Name: "i8x16.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneSub"}, Since: SIMD},
	OpI8x16SubSatS - numScalar:              {Code: 0xfd72, Name: "i8x16.sub_sat_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneSubSat8S"}, Since: SIMD},
	OpI8x16SubSatU - numScalar:              {Code: 0xfd73, Name: "i8x16.sub_sat_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneSubSat8U"}, Since: SIMD},
	OpF64x2Ceil - numScalar:                 {Code: 0xfd74, Name: "f64x2.ceil", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Ceil"}, Since: SIMD},
	OpF64x2Floor - numScalar:                {Code: 0xfd75, Name: "f64x2.floor", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Floor"}, Since: SIMD},
	OpI8x16MinS - numScalar:                 {Code: 0xfd76, Name: "i8x16.min_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneMinS"}, Since: SIMD},
	OpI8x16MinU - numScalar:                 {Code: 0xfd77, Name: "i8x16.min_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneMinU"}, Since: SIMD},
	OpI8x16MaxS - numScalar:                 {Code: 0xfd78, Name: "i8x16.max_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneMaxS"}, Since: SIMD},
	OpI8x16MaxU - numScalar:                 {Code: 0xfd79, Name: "i8x16.max_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneMaxU"}, Since: SIMD},
	OpF64x2Trunc - numScalar:                {Code: 0xfd7a, Name: "f64x2.trunc", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Trunc"}, Since: SIMD},
	OpI8x16AvgrU - numScalar:                {Code: 0xfd7b, Name: "i8x16.avgr_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 8, Func: "LaneAvgrU"}, Since: SIMD},
	OpI16x8ExtaddPairwiseI8x16S - numScalar: {Code: 0xfd7c, Name: "i16x8.extadd_pairwise_i8x16_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LanePairs, Width: 16, From: 8, Func: "LaneExtaddS"}, Since: SIMD},
	OpI16x8ExtaddPairwiseI8x16U - numScalar: {Code: 0xfd7d, Name: "i16x8.extadd_pairwise_i8x16_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LanePairs, Width: 16, From: 8, Func: "LaneExtaddU"}, Since: SIMD},
	OpI32x4ExtaddPairwiseI16x8S - numScalar: {Code: 0xfd7e, Name: "i32x4.extadd_pairwise_i16x8_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LanePairs, Width: 32, From: 16, Func: "LaneExtaddS"}, Since: SIMD},
	OpI32x4ExtaddPairwiseI16x8U - numScalar: {Code: 0xfd7f, Name: "i32x4.extadd_pairwise_i16x8_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LanePairs, Width: 32, From: 16, Func: "LaneExtaddU"}, Since: SIMD},
	OpI16x8Abs - numScalar:                  {Code: 0xfd80, Name: "i16x8.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneAbs"}, Since: SIMD},
	OpI16x8Neg - numScalar:                  {Code: 0xfd81, Name: "i16x8.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneNeg"}, Since: SIMD},
	OpI16x8Q15mulrSatS - numScalar:          {Code: 0xfd82, Name: "i16x8.q15mulr_sat_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneQ15mulrSatS"}, Since: SIMD},
	OpI16x8AllTrue - numScalar:              {Code: 0xfd83, Name: "i16x8.all_true", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneAll, Width: 16, Func: "LaneNonzero"}, Since: SIMD},
	OpI16x8Bitmask - numScalar:              {Code: 0xfd84, Name: "i16x8.bitmask", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneBits, Width: 16, Func: "LaneNegative"}, Since: SIMD},
	OpI16x8NarrowI32x4S - numScalar:         {Code: 0xfd85, Name: "i16x8.narrow_i32x4_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneNarrow, Width: 16, From: 32, Func: "LaneNarrow16S"}, Since: SIMD},
	OpI16x8NarrowI32x4U - numScalar:         {Code: 0xfd86, Name: "i16x8.narrow_i32x4_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneNarrow, Width: 16, From: 32, Func: "LaneNarrow16U"}, Since: SIMD},
	OpI16x8ExtendLowI8x16S - numScalar:      {Code: 0xfd87, Name: "i16x8.extend_low_i8x16_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtendS"}, Since: SIMD},
	OpI16x8ExtendHighI8x16S - numScalar:     {Code: 0xfd88, Name: "i16x8.extend_high_i8x16_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 16, From: 8, Func: "LaneExtendS"}, Since: SIMD},
	OpI16x8ExtendLowI8x16U - numScalar:      {Code: 0xfd89, Name: "i16x8.extend_low_i8x16_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtendU"}, Since: SIMD},
	OpI16x8ExtendHighI8x16U - numScalar:     {Code: 0xfd8a, Name: "i16x8.extend_high_i8x16_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 16, From: 8, Func: "LaneExtendU"}, Since: SIMD},
	OpI16x8Shl - numScalar:                  {Code: 0xfd8b, Name: "i16x8.shl", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 16, Func: "LaneShl"}, Since: SIMD},
	OpI16x8ShrS - numScalar:                 {Code: 0xfd8c, Name: "i16x8.shr_s", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 16, Func: "LaneShrS"}, Since: SIMD},
	OpI16x8ShrU - numScalar:                 {Code: 0xfd8d, Name: "i16x8.shr_u", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 16, Func: "LaneShrU"}, Since: SIMD},
	OpI16x8Add - numScalar:                  {Code: 0xfd8e, Name: "i16x8.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneAdd"}, Since: SIMD},
	OpI16x8AddSatS - numScalar:              {Code: 0xfd8f, Name: "i16x8.add_sat_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneAddSat16S"}, Since: SIMD},
	OpI16x8AddSatU - numScalar:              {Code: 0xfd90, Name: "i16x8.add_sat_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneAddSat16U"}, Since: SIMD},
	OpI16x8Sub - numScalar:                  {Code: 0xfd91, Name: "i16x8.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneSub"}, Since: SIMD},
	OpI16x8SubSatS - numScalar:              {Code: 0xfd92, Name: "i16x8.sub_sat_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneSubSat16S"}, Since: SIMD},
	OpI16x8SubSatU - numScalar:              {Code: 0xfd93, Name: "i16x8.sub_sat_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneSubSat16U"}, Since: SIMD},
	OpF64x2Nearest - numScalar:              {Code: 0xfd94, Name: "f64x2.nearest", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Nearest"}, Since: SIMD},
	OpI16x8Mul - numScalar:                  {Code: 0xfd95, Name: "i16x8.mul", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneMul"}, Since: SIMD},
	OpI16x8MinS - numScalar:                 {Code: 0xfd96, Name: "i16x8.min_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneMinS"}, Since: SIMD},
	OpI16x8MinU - numScalar:                 {Code: 0xfd97, Name: "i16x8.min_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneMinU"}, Since: SIMD},
	OpI16x8MaxS - numScalar:                 {Code: 0xfd98, Name: "i16x8.max_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneMaxS"}, Since: SIMD},
	OpI16x8MaxU - numScalar:                 {Code: 0xfd99, Name: "i16x8.max_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneMaxU"}, Since: SIMD},
	OpI16x8AvgrU - numScalar:                {Code: 0xfd9b, Name: "i16x8.avgr_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 16, Func: "LaneAvgrU"}, Since: SIMD},
	OpI16x8ExtmulLowI8x16S - numScalar:      {Code: 0xfd9c, Name: "i16x8.extmul_low_i8x16_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtmulS"}, Since: SIMD},
	OpI16x8ExtmulHighI8x16S - numScalar:     {Code: 0xfd9d, Name: "i16x8.extmul_high_i8x16_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 16, From: 8, Func: "LaneExtmulS"}, Since: SIMD},
	OpI16x8ExtmulLowI8x16U - numScalar:      {Code: 0xfd9e, Name: "i16x8.extmul_low_i8x16_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 16, From: 8, Func: "LaneExtmulU"}, Since: SIMD},
	OpI16x8ExtmulHighI8x16U - numScalar:     {Code: 0xfd9f, Name: "i16x8.extmul_high_i8x16_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 16, From: 8, Func: "LaneExtmulU"}, Since: SIMD},
	OpI32x4Abs - numScalar:                  {Code: 0xfda0, Name: "i32x4.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneAbs"}, Since: SIMD},
	OpI32x4Neg - numScalar:                  {Code: 0xfda1, Name: "i32x4.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneNeg"}, Since: SIMD},
	OpI32x4AllTrue - numScalar:              {Code: 0xfda3, Name: "i32x4.all_true", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneAll, Width: 32, Func: "LaneNonzero"}, Since: SIMD},
	OpI32x4Bitmask - numScalar:              {Code: 0xfda4, Name: "i32x4.bitmask", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneBits, Width: 32, Func: "LaneNegative"}, Since: SIMD},
	OpI32x4ExtendLowI16x8S - numScalar:      {Code: 0xfda7, Name: "i32x4.extend_low_i16x8_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtendS"}, Since: SIMD},
	OpI32x4ExtendHighI16x8S - numScalar:     {Code: 0xfda8, Name: "i32x4.extend_high_i16x8_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 32, From: 16, Func: "LaneExtendS"}, Since: SIMD},
	OpI32x4ExtendLowI16x8U - numScalar:      {Code: 0xfda9, Name: "i32x4.extend_low_i16x8_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtendU"}, Since: SIMD},
	OpI32x4ExtendHighI16x8U - numScalar:     {Code: 0xfdaa, Name: "i32x4.extend_high_i16x8_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 32, From: 16, Func: "LaneExtendU"}, Since: SIMD},
	OpI32x4Shl - numScalar:                  {Code: 0xfdab, Name: "i32x4.shl", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 32, Func: "I32Shl"}, Since: SIMD},
	OpI32x4ShrS - numScalar:                 {Code: 0xfdac, Name: "i32x4.shr_s", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 32, Func: "I32ShrS"}, Since: SIMD},
	OpI32x4ShrU - numScalar:                 {Code: 0xfdad, Name: "i32x4.shr_u", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 32, Func: "I32ShrU"}, Since: SIMD},
	OpI32x4Add - numScalar:                  {Code: 0xfdae, Name: "i32x4.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32Add"}, Since: SIMD},
	OpI32x4Sub - numScalar:                  {Code: 0xfdb1, Name: "i32x4.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32Sub"}, Since: SIMD},
	OpI32x4Mul - numScalar:                  {Code: 0xfdb5, Name: "i32x4.mul", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32Mul"}, Since: SIMD},
	OpI32x4MinS - numScalar:                 {Code: 0xfdb6, Name: "i32x4.min_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneMinS"}, Since: SIMD},
	OpI32x4MinU - numScalar:                 {Code: 0xfdb7, Name: "i32x4.min_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneMinU"}, Since: SIMD},
	OpI32x4MaxS - numScalar:                 {Code: 0xfdb8, Name: "i32x4.max_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneMaxS"}, Since: SIMD},
	OpI32x4MaxU - numScalar:                 {Code: 0xfdb9, Name: "i32x4.max_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LaneMaxU"}, Since: SIMD},
	OpI32x4DotI16x8S - numScalar:            {Code: 0xfdba, Name: "i32x4.dot_i16x8_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LanePairs, Width: 32, From: 16, Func: "LaneDotS"}, Since: SIMD},
	OpI32x4ExtmulLowI16x8S - numScalar:      {Code: 0xfdbc, Name: "i32x4.extmul_low_i16x8_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtmulS"}, Since: SIMD},
	OpI32x4ExtmulHighI16x8S - numScalar:     {Code: 0xfdbd, Name: "i32x4.extmul_high_i16x8_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 32, From: 16, Func: "LaneExtmulS"}, Since: SIMD},
	OpI32x4ExtmulLowI16x8U - numScalar:      {Code: 0xfdbe, Name: "i32x4.extmul_low_i16x8_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 32, From: 16, Func: "LaneExtmulU"}, Since: SIMD},
	OpI32x4ExtmulHighI16x8U - numScalar:     {Code: 0xfdbf, Name: "i32x4.extmul_high_i16x8_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 32, From: 16, Func: "LaneExtmulU"}, Since: SIMD},
	OpI64x2Abs - numScalar:                  {Code: 0xfdc0, Name: "i64x2.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LaneAbs"}, Since: SIMD},
	OpI64x2Neg - numScalar:                  {Code: 0xfdc1, Name: "i64x2.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LaneNeg"}, Since: SIMD},
	OpI64x2AllTrue - numScalar:              {Code: 0xfdc3, Name: "i64x2.all_true", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneAll, Width: 64, Func: "LaneNonzero"}, Since: SIMD},
	OpI64x2Bitmask - numScalar:              {Code: 0xfdc4, Name: "i64x2.bitmask", Class: ClassVector, Sig: "V:i", Lanes: Lanes{Form: LaneBits, Width: 64, Func: "LaneNegative"}, Since: SIMD},
	OpI64x2ExtendLowI32x4S - numScalar:      {Code: 0xfdc7, Name: "i64x2.extend_low_i32x4_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtendS"}, Since: SIMD},
	OpI64x2ExtendHighI32x4S - numScalar:     {Code: 0xfdc8, Name: "i64x2.extend_high_i32x4_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 64, From: 32, Func: "LaneExtendS"}, Since: SIMD},
	OpI64x2ExtendLowI32x4U - numScalar:      {Code: 0xfdc9, Name: "i64x2.extend_low_i32x4_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtendU"}, Since: SIMD},
	OpI64x2ExtendHighI32x4U - numScalar:     {Code: 0xfdca, Name: "i64x2.extend_high_i32x4_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneHigh, Width: 64, From: 32, Func: "LaneExtendU"}, Since: SIMD},
	OpI64x2Shl - numScalar:                  {Code: 0xfdcb, Name: "i64x2.shl", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 64, Func: "I64Shl"}, Since: SIMD},
	OpI64x2ShrS - numScalar:                 {Code: 0xfdcc, Name: "i64x2.shr_s", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 64, Func: "I64ShrS"}, Since: SIMD},
	OpI64x2ShrU - numScalar:                 {Code: 0xfdcd, Name: "i64x2.shr_u", Class: ClassVector, Sig: "Vi:V", Lanes: Lanes{Form: LaneShift, Width: 64, Func: "I64ShrU"}, Since: SIMD},
	OpI64x2Add - numScalar:                  {Code: 0xfdce, Name: "i64x2.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Add"}, Since: SIMD},
	OpI64x2Sub - numScalar:                  {Code: 0xfdd1, Name: "i64x2.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Sub"}, Since: SIMD},
	OpI64x2Mul - numScalar:                  {Code: 0xfdd5, Name: "i64x2.mul", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Mul"}, Since: SIMD},
	OpI64x2Eq - numScalar:                   {Code: 0xfdd6, Name: "i64x2.eq", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Eq"}, Since: SIMD},
	OpI64x2Ne - numScalar:                   {Code: 0xfdd7, Name: "i64x2.ne", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64Ne"}, Since: SIMD},
	OpI64x2LtS - numScalar:                  {Code: 0xfdd8, Name: "i64x2.lt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64LtS"}, Since: SIMD},
	OpI64x2GtS - numScalar:                  {Code: 0xfdd9, Name: "i64x2.gt_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64GtS"}, Since: SIMD},
	OpI64x2LeS - numScalar:                  {Code: 0xfdda, Name: "i64x2.le_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64LeS"}, Since: SIMD},
	OpI64x2GeS - numScalar:                  {Code: 0xfddb, Name: "i64x2.ge_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "I64GeS"}, Since: SIMD},
	OpI64x2ExtmulLowI32x4S - numScalar:      {Code: 0xfddc, Name: "i64x2.extmul_low_i32x4_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtmulS"}, Since: SIMD},
	OpI64x2ExtmulHighI32x4S - numScalar:     {Code: 0xfddd, Name: "i64x2.extmul_high_i32x4_s", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 64, From: 32, Func: "LaneExtmulS"}, Since: SIMD},
	OpI64x2ExtmulLowI32x4U - numScalar:      {Code: 0xfdde, Name: "i64x2.extmul_low_i32x4_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "LaneExtmulU"}, Since: SIMD},
	OpI64x2ExtmulHighI32x4U - numScalar:     {Code: 0xfddf, Name: "i64x2.extmul_high_i32x4_u", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneHigh, Width: 64, From: 32, Func: "LaneExtmulU"}, Since: SIMD},
	OpF32x4Abs - numScalar:                  {Code: 0xfde0, Name: "f32x4.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Abs"}, Bits: true, Since: SIMD},
	OpF32x4Neg - numScalar:                  {Code: 0xfde1, Name: "f32x4.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Neg"}, Bits: true, Since: SIMD},
	OpF32x4Sqrt - numScalar:                 {Code: 0xfde3, Name: "f32x4.sqrt", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Sqrt"}, Since: SIMD},
	OpF32x4Add - numScalar:                  {Code: 0xfde4, Name: "f32x4.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Add"}, Since: SIMD},
	OpF32x4Sub - numScalar:                  {Code: 0xfde5, Name: "f32x4.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Sub"}, Since: SIMD},
	OpF32x4Mul - numScalar:                  {Code: 0xfde6, Name: "f32x4.mul", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Mul"}, Since: SIMD},
	OpF32x4Div - numScalar:                  {Code: 0xfde7, Name: "f32x4.div", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Div"}, Since: SIMD},
	OpF32x4Min - numScalar:                  {Code: 0xfde8, Name: "f32x4.min", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Min"}, Since: SIMD},
	OpF32x4Max - numScalar:                  {Code: 0xfde9, Name: "f32x4.max", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32Max"}, Since: SIMD},
	OpF32x4Pmin - numScalar:                 {Code: 0xfdea, Name: "f32x4.pmin", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LanePmin"}, Bits: true, Since: SIMD},
	OpF32x4Pmax - numScalar:                 {Code: 0xfdeb, Name: "f32x4.pmax", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "LanePmax"}, Bits: true, Since: SIMD},
	OpF64x2Abs - numScalar:                  {Code: 0xfdec, Name: "f64x2.abs", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Abs"}, Bits: true, Since: SIMD},
	OpF64x2Neg - numScalar:                  {Code: 0xfded, Name: "f64x2.neg", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Neg"}, Bits: true, Since: SIMD},
	OpF64x2Sqrt - numScalar:                 {Code: 0xfdef, Name: "f64x2.sqrt", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Sqrt"}, Since: SIMD},
	OpF64x2Add - numScalar:                  {Code: 0xfdf0, Name: "f64x2.add", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Add"}, Since: SIMD},
	OpF64x2Sub - numScalar:                  {Code: 0xfdf1, Name: "f64x2.sub", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Sub"}, Since: SIMD},
	OpF64x2Mul - numScalar:                  {Code: 0xfdf2, Name: "f64x2.mul", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Mul"}, Since: SIMD},
	OpF64x2Div - numScalar:                  {Code: 0xfdf3, Name: "f64x2.div", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Div"}, Since: SIMD},
	OpF64x2Min - numScalar:                  {Code: 0xfdf4, Name: "f64x2.min", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Min"}, Since: SIMD},
	OpF64x2Max - numScalar:                  {Code: 0xfdf5, Name: "f64x2.max", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "F64Max"}, Since: SIMD},
	OpF64x2Pmin - numScalar:                 {Code: 0xfdf6, Name: "f64x2.pmin", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LanePmin"}, Bits: true, Since: SIMD},
	OpF64x2Pmax - numScalar:                 {Code: 0xfdf7, Name: "f64x2.pmax", Class: ClassVector, Sig: "VV:V", Lanes: Lanes{Form: LaneMap, Width: 64, Func: "LanePmax"}, Bits: true, Since: SIMD},
	OpI32x4TruncSatF32x4S - numScalar:       {Code: 0xfdf8, Name: "i32x4.trunc_sat_f32x4_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32TruncSatF32S"}, Since: SIMD},
	OpI32x4TruncSatF32x4U - numScalar:       {Code: 0xfdf9, Name: "i32x4.trunc_sat_f32x4_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "I32TruncSatF32U"}, Since: SIMD},
	OpF32x4ConvertI32x4S - numScalar:        {Code: 0xfdfa, Name: "f32x4.convert_i32x4_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32ConvertI32S"}, Since: SIMD},
	OpF32x4ConvertI32x4U - numScalar:        {Code: 0xfdfb, Name: "f32x4.convert_i32x4_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneMap, Width: 32, Func: "F32ConvertI32U"}, Since: SIMD},
	OpI32x4TruncSatF64x2SZero - numScalar:   {Code: 0xfdfc, Name: "i32x4.trunc_sat_f64x2_s_zero", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneNarrow, Width: 32, From: 64, Func: "I32TruncSatF64S"}, Since: SIMD},
	OpI32x4TruncSatF64x2UZero - numScalar:   {Code: 0xfdfd, Name: "i32x4.trunc_sat_f64x2_u_zero", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneNarrow, Width: 32, From: 64, Func: "I32TruncSatF64U"}, Since: SIMD},
	OpF64x2ConvertLowI32x4S - numScalar:     {Code: 0xfdfe, Name: "f64x2.convert_low_i32x4_s", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "F64ConvertI32S"}, Since: SIMD},
	OpF64x2ConvertLowI32x4U - numScalar:     {Code: 0xfdff, Name: "f64x2.convert_low_i32x4_u", Class: ClassVector, Sig: "V:V", Lanes: Lanes{Form: LaneLow, Width: 64, From: 32, Func: "F64ConvertI32U"}, Since: SIMD},
}
