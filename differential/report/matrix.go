package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/regressions"
)

// Matrix writes which engine holds which regression, and below the table why not.
func Matrix(w io.Writer, m *regressions.Matrix) error {
	aligns := make([]tw.Align, len(m.Engines)+1)
	for i := range aligns {
		aligns[i] = tw.AlignLeft
	}
	t := grid(w, append([]string{"regression"}, m.Engines...), aligns)
	for i, r := range m.Regressions {
		cells := []string{r.ID}
		for _, c := range m.Cells[i] {
			cells = append(cells, cmp.Or(string(c.Verdict), "not run"))
		}
		if err := t.Append(cells); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	var b strings.Builder
	for _, v := range []regressions.Verdict{regressions.Fails, regressions.Open} {
		reasons(&b, m, v)
	}
	for i, name := range m.Engines {
		fmt.Fprintf(&b, "%s %s: %d hold, %d fail, %d open\n", name, m.Versions[i],
			m.Count(i, regressions.Holds), m.Count(i, regressions.Fails), m.Count(i, regressions.Open))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// reasons writes why regressions came to a verdict, a line for each engine.
func reasons(b *strings.Builder, m *regressions.Matrix, v regressions.Verdict) {
	for i, r := range m.Regressions {
		first := true
		for j, c := range m.Cells[i] {
			if c.Verdict != v {
				continue
			}
			if first {
				fmt.Fprintf(b, "%s: %s (%s)\n", r.ID, r.Title, strings.Join(r.Public, ", "))
				first = false
			}
			fmt.Fprintf(b, "  %-5s %s: %s\n", v, m.Engines[j], c.Why)
		}
	}
}

// MatrixJSON writes an object a line for each regression on each engine, and then one with the numbers.
func MatrixJSON(w io.Writer, m *regressions.Matrix) error {
	type result struct {
		Regression string              `json:"regression"`
		Engine     string              `json:"engine"`
		Version    string              `json:"version"`
		Verdict    regressions.Verdict `json:"verdict"`
		Why        string              `json:"why,omitempty"`
	}
	type count struct {
		Engine string `json:"engine"`
		Holds  int    `json:"holds"`
		Fails  int    `json:"fails"`
		Open   int    `json:"open"`
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for i, r := range m.Regressions {
		for j, c := range m.Cells[i] {
			if err := out.Encode(result{r.ID, m.Engines[j], m.Versions[j], c.Verdict, c.Why}); err != nil {
				return err
			}
		}
	}
	counts := []count{}
	for i, name := range m.Engines {
		counts = append(counts, count{name, m.Count(i, regressions.Holds), m.Count(i, regressions.Fails), m.Count(i, regressions.Open)})
	}
	return out.Encode(map[string]any{"regressions": len(m.Regressions), "engines": counts})
}
