package numeric

// I32Eqz reports whether a is zero.
func I32Eqz(a uint32) bool { return a == 0 }

// I32Eq reports whether the operands are equal.
func I32Eq(a, b uint32) bool { return a == b }

// I32Ne reports whether the operands differ.
func I32Ne(a, b uint32) bool { return a != b }

// I32LtS is the signed comparison a < b.
func I32LtS(a, b int32) bool { return a < b }

// I32LtU is the unsigned comparison a < b.
func I32LtU(a, b uint32) bool { return a < b }

// I32GtS is the signed comparison a > b.
func I32GtS(a, b int32) bool { return a > b }

// I32GtU is the unsigned comparison a > b.
func I32GtU(a, b uint32) bool { return a > b }

// I32LeS is the signed comparison a <= b.
func I32LeS(a, b int32) bool { return a <= b }

// I32LeU is the unsigned comparison a <= b.
func I32LeU(a, b uint32) bool { return a <= b }

// I32GeS is the signed comparison a >= b.
func I32GeS(a, b int32) bool { return a >= b }

// I32GeU is the unsigned comparison a >= b.
func I32GeU(a, b uint32) bool { return a >= b }

// I64Eqz reports whether a is zero.
func I64Eqz(a uint64) bool { return a == 0 }

// I64Eq reports whether the operands are equal.
func I64Eq(a, b uint64) bool { return a == b }

// I64Ne reports whether the operands differ.
func I64Ne(a, b uint64) bool { return a != b }

// I64LtS is the signed comparison a < b.
func I64LtS(a, b int64) bool { return a < b }

// I64LtU is the unsigned comparison a < b.
func I64LtU(a, b uint64) bool { return a < b }

// I64GtS is the signed comparison a > b.
func I64GtS(a, b int64) bool { return a > b }

// I64GtU is the unsigned comparison a > b.
func I64GtU(a, b uint64) bool { return a > b }

// I64LeS is the signed comparison a <= b.
func I64LeS(a, b int64) bool { return a <= b }

// I64LeU is the unsigned comparison a <= b.
func I64LeU(a, b uint64) bool { return a <= b }

// I64GeS is the signed comparison a >= b.
func I64GeS(a, b int64) bool { return a >= b }

// I64GeU is the unsigned comparison a >= b.
func I64GeU(a, b uint64) bool { return a >= b }

// F32Eq is the comparison a == b; false if an operand is a NaN.
func F32Eq(a, b float32) bool { return a == b }

// F32Ne is the comparison a != b; true if an operand is a NaN.
func F32Ne(a, b float32) bool { return a != b }

// F32Lt is the comparison a < b; false if an operand is a NaN.
func F32Lt(a, b float32) bool { return a < b }

// F32Gt is the comparison a > b; false if an operand is a NaN.
func F32Gt(a, b float32) bool { return a > b }

// F32Le is the comparison a <= b; false if an operand is a NaN.
func F32Le(a, b float32) bool { return a <= b }

// F32Ge is the comparison a >= b; false if an operand is a NaN.
func F32Ge(a, b float32) bool { return a >= b }

// F64Eq is the comparison a == b; false if an operand is a NaN.
func F64Eq(a, b float64) bool { return a == b }

// F64Ne is the comparison a != b; true if an operand is a NaN.
func F64Ne(a, b float64) bool { return a != b }

// F64Lt is the comparison a < b; false if an operand is a NaN.
func F64Lt(a, b float64) bool { return a < b }

// F64Gt is the comparison a > b; false if an operand is a NaN.
func F64Gt(a, b float64) bool { return a > b }

// F64Le is the comparison a <= b; false if an operand is a NaN.
func F64Le(a, b float64) bool { return a <= b }

// F64Ge is the comparison a >= b; false if an operand is a NaN.
func F64Ge(a, b float64) bool { return a >= b }
