package cli

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/differential/report"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// traces sets what is compared besides the final state, and whether it is said where engines part.
func (r *run) traces(cfg *session.Config) {
	if r.o.level == 2 {
		cfg.Trace = r.trace
	}
	cfg.Explain = r.o.out != ""
	if r.o.explain {
		cfg.Explained = r.explained
	}
}

// trace makes a module count and hash what it does, and notes how much of it does not. A module that cannot be rewritten is run as it is.
func (r *run) trace(module []byte, canonical bool) []byte {
	m, err := instrument.Count(module, canonical)
	if err != nil {
		return module
	}
	r.uncounted.Add(int64(len(m.Skipped)))
	return m.Bytes
}

// explained writes where the engines part on one module.
func (r *run) explained(f *session.Finding) error {
	return r.progress.Print(func() error {
		text := fmt.Sprintf("%s  %s, %d bytes\n", f.Case.ID(), f.Case.Name, len(f.Case.Module))
		if f.Explanation == nil {
			text += "  explained: the search was interrupted\n"
		} else {
			text += report.Explanation(f)
		}
		_, err := fmt.Fprintln(r.Stdout, r.colour(text))
		return err
	})
}
