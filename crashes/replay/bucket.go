package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// bucketTimeout bounds a run whose bucket is asked for. What is left of a module by a reduction need not end by itself.
const bucketTimeout = 2 * time.Second

// Bucket runs a module on engines and returns a key that modules have in common if they show the same: which engines crash or hang, and
// which agree with each other; where the first difference is, a call, a global, a memory or the instantiation; and what each engine has
// there: a trap by its kind, any result, any state. It is empty if there is nothing to see.
func Bucket(ctx context.Context, engines []engine.Engine, module []byte) (string, error) {
	sides := make([]compare.Side, len(engines))
	for i, e := range engines {
		side, err := run(ctx, e, module, bucketTimeout)
		if err != nil {
			return "", err
		}
		sides[i] = *side
	}
	v := compare.Judge(sides, compare.Needs(module, invalid(module)), bucketTimeout)
	if !v.Diverges() && v.Crashed == nil && v.Hung == nil {
		return "", nil
	}
	names := func(list []int) string {
		var all []string
		for _, i := range list {
			all = append(all, sides[i].Engine)
		}
		slices.Sort(all)
		return strings.Join(all, ",")
	}
	var b strings.Builder
	for _, group := range v.Groups {
		fmt.Fprintf(&b, "agree %s; ", names(group))
	}
	fmt.Fprintf(&b, "crashed %s; hung %s; first %s", names(v.Crashed), names(v.Hung), v.Class())
	if len(v.Rows) > 0 {
		for i, text := range v.Rows[0].Texts {
			fmt.Fprintf(&b, "; %s: %s", sides[i].Engine, kindOf(text))
		}
	}
	return b.String(), nil
}

// invalid returns why a module is refused, or nil.
func invalid(module []byte) error {
	m, err := wasm.Decode(module)
	if err != nil {
		return err
	}
	return wasm.Validate(m)
}

// kindOf returns what of an observation's text does not depend on the values in it.
func kindOf(text string) string {
	if strings.HasPrefix(text, "trap: ") {
		return text
	}
	if n := strings.IndexAny(text, " ([0123456789"); n >= 0 {
		return text[:n]
	}
	return text
}
