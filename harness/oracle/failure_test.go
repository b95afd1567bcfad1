package oracle

import (
	"errors"
	"fmt"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestAbout: what tells defects apart is what an error says, without the place.
func TestAbout(t *testing.T) {
	var none *runtime.Trap
	for _, test := range []struct {
		args []any
		want string
	}{
		{[]any{1, "text"}, ""},
		{[]any{"text", error(nil)}, ""},
		{[]any{1, &wasm.MalformedError{Offset: 7, Msg: "integer too large"}}, "integer too large"},
		{[]any{fmt.Errorf("again: %w", &wasm.InvalidError{Func: 3, Offset: 9, Msg: "type mismatch"})}, "type mismatch"},
		{[]any{fail("run: other trap", "1 and 2"), errors.New("second")}, "run: other trap"},
		{[]any{errors.New("some words")}, "some words"},
		{[]any{none}, ""},
	} {
		if f := fail("key", "%v", test.args...); f.About != test.want {
			t.Errorf("%v: %q, want %q", test.args, f.About, test.want)
		}
	}
}
