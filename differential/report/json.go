package report

import (
	"encoding/json"
	"io"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// jsonFinding is the line of one finding.
type jsonFinding struct {
	Kind    string                    `json:"kind"`
	ID      string                    `json:"id"`
	Module  string                    `json:"module"`
	Groups  [][]string                `json:"groups"`
	Crashed []string                  `json:"crashed,omitempty"`
	Hung    []string                  `json:"hung,omitempty"`
	Where   []jsonRow                 `json:"where,omitempty"`
	Known   string                    `json:"known,omitempty"`
	Flaky   bool                      `json:"flaky,omitempty"`
	Saved   string                    `json:"saved,omitempty"`
	Again   string                    `json:"again"`
	Skipped map[string]compare.Reason `json:"skipped,omitempty"` // by engine
}

type jsonRow struct {
	Where string            `json:"where"`
	Saw   map[string]string `json:"saw"` // by engine
	Odd   []string          `json:"odd"`
}

type jsonEngine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// jsonSummary is the last line. Its fields are a contract with other programs.
type jsonSummary struct {
	Engines     []jsonEngine           `json:"engines"`
	Modules     int                    `json:"modules"`
	Compared    int                    `json:"compared"`
	Skipped     map[compare.Reason]int `json:"skipped"`
	Divergences int                    `json:"divergences"`
	Known       int                    `json:"known"`       // divergences, crashes and hangs by known defects, by KnownBy
	Unexplained int                    `json:"unexplained"` // the other ones: any makes the exit status 1
	KnownBy     map[string]int         `json:"knownBy,omitempty"`
	Seed        int64                  `json:"seed"`
}

// FindingJSON writes f as one line of JSON.
func FindingJSON(w io.Writer, f *session.Finding, again, saved string) error {
	out := jsonFinding{Kind: f.Kind(), ID: f.Case.ID(), Module: f.Case.Name, Groups: [][]string{}, Flaky: f.Flaky,
		Crashed: names(f, f.Verdict.Crashed), Hung: names(f, f.Verdict.Hung), Saved: saved, Again: again}
	if f.Known != nil {
		out.Known = f.Known.Name
	}
	for _, g := range f.Verdict.Groups {
		out.Groups = append(out.Groups, names(f, g))
	}
	for i, reason := range f.Verdict.Skipped {
		if reason != "" {
			if out.Skipped == nil {
				out.Skipped = map[string]compare.Reason{}
			}
			out.Skipped[f.Sides[i].Engine] = reason
		}
	}
	for _, r := range f.Verdict.Rows {
		row := jsonRow{Where: r.Where, Saw: map[string]string{}, Odd: []string{}}
		for i := range f.Sides {
			row.Saw[f.Sides[i].Engine] = r.Texts[i]
			if r.Odd[i] {
				row.Odd = append(row.Odd, f.Sides[i].Engine)
			}
		}
		out.Where = append(out.Where, row)
	}
	return json.NewEncoder(w).Encode(out)
}

// SummaryJSON writes the statistics as one line of JSON.
func SummaryJSON(w io.Writer, s *session.Stats, seed int64) error {
	out := jsonSummary{Engines: []jsonEngine{}, Modules: s.Modules, Compared: s.Compared, Skipped: s.Skipped,
		Divergences: s.Divergences, Known: s.Known(), Unexplained: s.Findings(), KnownBy: s.Accepted, Seed: seed}
	if out.Skipped == nil {
		out.Skipped = map[compare.Reason]int{}
	}
	for i := range s.Engines {
		out.Engines = append(out.Engines, jsonEngine{s.Engines[i].Name, s.Engines[i].Version})
	}
	return json.NewEncoder(w).Encode(out)
}
