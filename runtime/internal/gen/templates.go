package main

// branch goes to the target of the branch at pc and counts fuel; when it is used up, execution goes on at the target
// after the loop was left.
const branch = `pc = unsafe.Add(pc, int(int32($fieldAB))*8)` + burn

// shortBranch is branch for a distance in field d.
const shortBranch = `pc = unsafe.Add(pc, int(int16($fieldD))*8)` + burn

// burn counts fuel.
const burn = `
			m.fuel--
			if m.fuel < 0 {
				exit = ExitFuel
				goto leave
			}`

// enter calls the function with the header at hdr; size is the length of the call in bytes. The frame is cleared before fuel
// is counted, so that execution can go on behind the call's work when the loop was left.
const enter = `h := *(*uint64)(hdr)
			nfp := unsafe.Add(fp, uintptr($fieldD)*8)
			if uintptr(nfp)+uintptr(uint32(h))*8 > m.stackEnd || m.depth >= m.maxDepth {
				exit = ExitStack
				goto leave
			}
			*(*uint64)(unsafe.Add(m.frames, m.depth*8)) = uint64((uintptr(pc)+size-uintptr(m.code))/8)<<32 | uint64((uintptr(fp)-uintptr(m.stack))/8)
			m.depth++
			fp = nfp
			pc = unsafe.Add(hdr, 8)
			{
				z := unsafe.Add(fp, uintptr(h>>48)*8)
				for n := int(uint16(h >> 32)); n > 0; n -= 4 { // up to three slots more: nothing is above
					*(*[4]uint64)(z) = [4]uint64{}
					z = unsafe.Add(z, 32)
				}
			}` + burn + "\n"

// indirect finds the function that an indirect call of size bytes is of: its header is at hdr. Functions of the host and of other
// instances leave the loop.
const indirect = `w := $imm
			t := *(**TableView)(unsafe.Add(m.tables, uintptr(w>>32)*8))
			i := uint64($32A)
			if i >= t.n {
				m.trap = wasm.UndefinedElement
				goto trap
			}
			ref := uint64(*(*uint32)(unsafe.Add(t.elems, i*4)))
			if ref == 0 {
				m.trap = wasm.UninitializedElement
				goto trap
			}
			f := (*FuncMeta)(unsafe.Add(m.funcs, (ref-1)*uint64(unsafe.Sizeof(FuncMeta{}))))
			if f.TypeID != *(*uint32)(unsafe.Add(m.typeIDs, uintptr(uint32(w))*4)) && planted.Selected != planted.CallSignature {
				m.trap = wasm.SignatureMismatch
				goto trap
			}
			if f.Instance != m.instance {
				m.callee = ref
				exit = ExitCall
				goto leave
			}
			hdr := unsafe.Add(m.code, uintptr(f.Entry)*8)`

// replace is enter for a tail call: the arguments move to where the frame of the caller begins, and the callee returns to
// where the caller would have.
const replace = `h := *(*uint64)(hdr)
			if uintptr(fp)+uintptr(uint32(h))*8 > m.stackEnd {
				exit = ExitStack
				goto leave
			}
			{
				from := unsafe.Add(fp, uintptr($fieldD)*8)
				to := fp
				for n := uint16(h >> 48); n != 0; n-- {
					*(*uint64)(to) = *(*uint64)(from)
					from = unsafe.Add(from, 8)
					to = unsafe.Add(to, 8)
				}
				for n := int(uint16(h >> 32)); n > 0; n -= 4 {
					*(*[4]uint64)(to) = [4]uint64{}
					to = unsafe.Add(to, 32)
				}
			}
			pc = unsafe.Add(hdr, 8)` + burn + "\n"

// ret goes back to the caller.
const ret = `
			m.depth--
			{
				w := *(*uint64)(unsafe.Add(m.frames, m.depth*8))
				pc = unsafe.Add(m.code, uintptr(w>>32)*8)
				fp = unsafe.Add(m.stack, uintptr(uint32(w))*8)
			}`

// templates are the texts of the instructions that do not follow from a row. $D, $A and $B are the slots that the fields
// name, as uint64; $2D, $2A and $2B the ones behind them.
var templates = map[string]string{
	"Exit": `
			exit = ExitDone
			goto leave`,
	"Trap": `
			m.trap = wasm.TrapCode($fieldAB)
			goto trap`,
	"Br": "\n\t\t\t$branch",
	"Brz": `
			if $32D == 0 {
				$branch
			} else {
				pc = unsafe.Add(pc, 8)
			}`,
	"Brnz": `
			if $32D != 0 {
				$branch
			} else {
				pc = unsafe.Add(pc, 8)
			}`,
	"BrTable": `
			i, n := $32D, $fieldAB
			if i > n {
				i = n
			}
			pc = unsafe.Add(pc, 8+uintptr(i)*8) // of the Br that is branched to, and executed
			$branch`,
	"Ret0": ret,
	"Ret1": `
			*(*uint64)(fp) = $A` + ret,
	"RetN": `
			{
				from := unsafe.Add(fp, uintptr($fieldA)*8)
				to := fp
				for n := $fieldB; n != 0; n-- {
					*(*uint64)(to) = *(*uint64)(from)
					from = unsafe.Add(from, 8)
					to = unsafe.Add(to, 8)
				}
			}` + ret,
	"Call": `
			const size = 8
			hdr := unsafe.Add(pc, int(int32($fieldAB))*8)
			$enter`,
	"CallImport": `
			exit = ExitImport
			goto leave`,
	"CallIndirect": `
			const size = 16
			$indirect
			$enter`,
	"TailCall": `
			hdr := unsafe.Add(pc, int(int32($fieldAB))*8)
			$replace`,
	"TailCallIndirect": `
			$indirect
			$replace`,
	"Const": `
			$D = $imm`,
	"Copy": `
			$D = $A`,
	"CopyBr": `
			$B = $A
			$shortBranch`,
	"ConstBr": `
			$B = $imm
			$shortBranch`,
	"AddConstBr": `
			$B = uint64($32A + uint32($imm))
			$shortBranch`,
	// The call of the host that often follows costs less here than a turn of the loop.
	"CopyTwo": `
			$D = $A
			$2D = $B
			pc = unsafe.Add(pc, 8)
			if *(*uint16)(pc) == uint16(isa.CallImport) {
				exit = ExitImport
				goto leave
			}`,
	"CopyN": `
			{
				from := unsafe.Add(fp, uintptr($fieldA)*8)
				to := unsafe.Add(fp, uintptr($fieldD)*8)
				for n := $fieldB; n != 0; n-- {
					*(*uint64)(to) = *(*uint64)(from)
					from = unsafe.Add(from, 8)
					to = unsafe.Add(to, 8)
				}
			}`,
	"Select": `
			if *(*uint32)(unsafe.Add(fp, uintptr($imm)*8)) != 0 {
				$D = $A
			} else {
				$D = $B
			}`,
	"Select2": `
			if *(*uint32)(unsafe.Add(fp, uintptr($imm)*8)) != 0 {
				low, high := $A, $2A
				$D, $2D = low, high
			} else {
				low, high := $B, $2B
				$D, $2D = low, high
			}`,
	"GlobalGet2": `
			g := *(**uint64)(unsafe.Add(m.globals, uintptr($fieldAB)*8))
			$D, $2D = *g, *(*uint64)(unsafe.Add(unsafe.Pointer(g), 8))`,
	"GlobalSet2": `
			g := *(**uint64)(unsafe.Add(m.globals, uintptr($fieldAB)*8))
			*g, *(*uint64)(unsafe.Add(unsafe.Pointer(g), 8)) = $D, $2D`,
	"GlobalGet": `
			$D = **(**uint64)(unsafe.Add(m.globals, uintptr($fieldAB)*8))`,
	"GlobalSet": `
			**(**uint64)(unsafe.Add(m.globals, uintptr($fieldAB)*8)) = $D`,
	"GlobalGetAdd": `
			$D = uint64(**(**uint32)(unsafe.Add(m.globals, uintptr($fieldAB)*8)) + uint32($imm))`,
	"GlobalSetAdd": `
			**(**uint64)(unsafe.Add(m.globals, uintptr($fieldAB)*8)) = uint64($32D + uint32($imm))`,
	"MemorySize": `
			$D = m.pages`,
	"Canon32": `
			v := $32A
			if v&^(1<<31) > 0x7f800000 {
				v = 0x7fc00000
			}
			$D = uint64(v)`,
	"Canon64": `
			v := $A
			if v&^(1<<63) > 0x7ff0000000000000 {
				v = 0x7ff8000000000000
			}
			$D = v`,
	"Canon32x4": `
			{
				from := unsafe.Add(fp, uintptr($fieldA)*8)
				to := unsafe.Add(fp, uintptr($fieldD)*8)
				for range 4 {
					v := *(*uint32)(from)
					if v&^(1<<31) > 0x7f800000 {
						v = 0x7fc00000
					}
					*(*uint32)(to) = v
					from = unsafe.Add(from, 4)
					to = unsafe.Add(to, 4)
				}
			}`,
	"Canon64x2": `
			{
				from := unsafe.Add(fp, uintptr($fieldA)*8)
				to := unsafe.Add(fp, uintptr($fieldD)*8)
				for range 2 {
					v := *(*uint64)(from)
					if v&^(1<<63) > 0x7ff0000000000000 {
						v = 0x7ff8000000000000
					}
					*(*uint64)(to) = v
					from = unsafe.Add(from, 8)
					to = unsafe.Add(to, 8)
				}
			}`,
}
