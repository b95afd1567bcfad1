package guest

import (
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// bytes reads items of the form of bytes up to the closing word, or to the end if that is empty.
func (r *reader) bytes(closing string) (out []byte) {
	r.each(closing, func() {
		w := r.take()
		switch {
		case w.quoted:
			out = append(out, w.text...)
		case w.text == "{":
			inner := r.bytes("}")
			out = append(wasm.AppendU32(out, uint32(len(inner))), inner...)
		case strings.HasPrefix(w.text, "u:"), strings.HasPrefix(w.text, "s:"):
			v, ok := number(w.text[2:])
			if !ok {
				r.fail("%q is no number", w.text)
			}
			if w.text[0] == 'u' {
				out = wasm.AppendU32(out, uint32(v))
			} else {
				out = wasm.AppendS64(out, int64(v))
			}
		default:
			v, err := strconv.ParseUint(w.text, 16, 8)
			if err != nil || len(w.text) != 2 {
				r.fail("%q stands where a byte in two hexadecimal digits is expected", w.text)
			}
			out = append(out, byte(v))
		}
	})
	return out
}
