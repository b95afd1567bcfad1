package wasm

import "unicode/utf8"

// The custom section that gives names, and its part for functions (specification appendix A.4).
const (
	nameSection   = "name"
	nameFunctions = 1
)

// FuncNames returns the names that the custom section "name" gives to functions, by function index. They are for
// people: the section may be absent, damaged or wrong, and of a damaged one the names before the damage are returned.
// Names of functions that the module does not have and names that are not UTF-8 are left out.
func (m *Module) FuncNames() map[uint32]string {
	names := map[uint32]string{}
	count := uint64(m.ImportedFuncs() + len(m.Funcs))
	for i := range m.Customs {
		if m.Customs[i].Name != nameSection {
			continue
		}
		for c := (cursor{b: m.Customs[i].Data}); c.left() > 0 && c.err == nil; {
			id := c.u8()
			if part := (cursor{b: c.bytes(c.count())}); id == nameFunctions {
				part.funcNames(names, count)
			}
		}
	}
	return names
}

// funcNames reads a map from function indices below count to names.
func (c *cursor) funcNames(names map[uint32]string, count uint64) {
	for range c.count() {
		f := c.u32()
		name := c.bytes(c.count())
		if c.err != nil {
			return
		}
		if uint64(f) < count && utf8.Valid(name) {
			names[f] = string(name)
		}
	}
}
