package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/touchstone-wasm/touchstone/differential/finding"
)

// The form of the Static Analysis Results Interchange Format 2.1.0, as far as it is used.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Kind         string             `json:"kind"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
	} `json:"physicalLocation"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification,omitempty"`
}

// rules say what the kinds of findings are.
var rules = []sarifRule{
	{string(finding.Divergence), sarifText{"Engines disagree about a module"}},
	{string(finding.Crash), sarifText{"An engine's process died"}},
	{string(finding.Hang), sarifText{"An engine did not come back"}},
	{string(finding.Failure), sarifText{"A fuzz target's property does not hold"}},
}

// SARIF writes findings for code scanning. What is ours to mend is an error; what is foreign, or will not be mended, is suppressed with its
// note; what is fixed passes. The fingerprint is the bucket's.
func SARIF(w io.Writer, root string, list []*finding.Finding) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "touchstone", Rules: rules}
	for _, f := range list {
		r := sarifResult{RuleID: string(f.Kind), Kind: "fail", Level: "error"}
		for i := range rules {
			if rules[i].ID == r.RuleID {
				r.RuleIndex = i
			}
		}
		switch {
		case unresolved(f):
		case f.State.Shows():
			r.Level, r.Suppressions = "warning", []sarifSuppression{{"external", string(f.State) + ": " + f.Note}}
		default:
			r.Kind, r.Level = "pass", "none"
		}
		r.Message.Text = f.Title + "\n" + f.Bucket.String()
		location := sarifLocation{}
		location.Physical.Artifact.URI = place(root, f)
		r.Locations = []sarifLocation{location}
		sum := sha256.Sum256([]byte(f.Bucket.String()))
		r.Fingerprints = map[string]string{"bucket/v1": hex.EncodeToString(sum[:16])}
		run.Results = append(run.Results, r)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}
