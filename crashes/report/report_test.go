package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/finding"
)

func examples() []*finding.Finding {
	var list []*finding.Finding
	for i, state := range finding.States {
		module := []byte{0, 'a', 's', 'm', 1, 0, 0, 0, 0, 2, 1, byte(i)}
		list = append(list, &finding.Finding{ID: finding.ModuleID(module), Module: module, State: state, Kind: finding.Divergence,
			Title: "a <b> & \"c\" | \x01\xff", Note: "section 4.4", Bucket: finding.Bucket{Kind: finding.Divergence, Engines: []string{"e"}},
			Files:  map[string][]byte{"trace-e.txt": []byte("# line\n")},
			Expect: []finding.Expectation{{Engine: "e", Version: "1", Saw: []string{"call 0 f: (i32 1)"}}}})
	}
	return append(list, &finding.Finding{ID: finding.InputID("FuzzX", []byte("x")), Kind: finding.Failure, State: finding.Open, Target: "FuzzX",
		Input: []byte("x"), Title: "t", Bucket: finding.Bucket{Kind: finding.Failure, Stage: "key"}})
}

func write(t *testing.T, format string, list []*finding.Finding) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, "crashes/found", list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestJUnit reads the report as a program would that knows only the format: the counts are those of the elements.
func TestJUnit(t *testing.T) {
	d := xml.NewDecoder(bytes.NewReader(write(t, "junit", examples())))
	counts := map[string]int{}
	attrs := map[string]string{}
	for {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Fatal(err)
			}
			break
		}
		if e, ok := token.(xml.StartElement); ok {
			counts[e.Name.Local]++
			for _, a := range e.Attr {
				attrs[e.Name.Local+"."+a.Name.Local] = a.Value
			}
		}
	}
	for name, want := range map[string]int{"testsuites": 1, "testsuite": 1, "testcase": 6, "failure": 3, "skipped": 2} {
		if counts[name] != want {
			t.Errorf("%d elements %s, want %d", counts[name], name, want)
		}
	}
	for name, want := range map[string]string{"testsuite.tests": "6", "testsuite.failures": "3", "testsuite.skipped": "2", "testsuite.errors": "0",
		"testcase.file": "crashes/found/" + examples()[5].ID + "/input"} {
		if attrs[name] != want {
			t.Errorf("%s is %q, want %q", name, attrs[name], want)
		}
	}
}

// TestSARIF checks the rules of SARIF 2.1.0 that concern what is written: required properties, values of enumerations, indices.
func TestSARIF(t *testing.T) {
	var log map[string]any
	if err := json.Unmarshal(write(t, "sarif", examples()), &log); err != nil {
		t.Fatal(err)
	}
	if log["version"] != "2.1.0" || !strings.HasPrefix(log["$schema"].(string), "https://") {
		t.Errorf("version %v, schema %v", log["version"], log["$schema"])
	}
	run := log["runs"].([]any)[0].(map[string]any)
	driver := run["tool"].(map[string]any)["driver"].(map[string]any)
	rules := driver["rules"].([]any)
	if driver["name"] != "touchstone" {
		t.Errorf("driver %v", driver["name"])
	}
	levels := map[string]string{"fail": "error warning note", "pass": "none"} // 3.27.10: none unless kind is fail
	results := run["results"].([]any)
	suppressed, passed := 0, 0
	for _, r := range results {
		r := r.(map[string]any)
		kind := r["kind"].(string)
		if !strings.Contains(levels[kind], r["level"].(string)) {
			t.Errorf("kind %v with level %v", kind, r["level"])
		}
		if rule := rules[int(r["ruleIndex"].(float64))].(map[string]any); rule["id"] != r["ruleId"] {
			t.Errorf("rule %v at the index of %v", r["ruleId"], rule["id"])
		}
		if r["message"].(map[string]any)["text"] == "" || len(r["partialFingerprints"].(map[string]any)) != 1 {
			t.Errorf("result %v", r)
		}
		uri := r["locations"].([]any)[0].(map[string]any)["physicalLocation"].(map[string]any)["artifactLocation"].(map[string]any)["uri"].(string)
		if !strings.HasPrefix(uri, "crashes/found/") {
			t.Errorf("uri %q", uri)
		}
		if s, ok := r["suppressions"].([]any); ok {
			suppressed++
			if k := s[0].(map[string]any)["kind"]; k != "external" && k != "inSource" {
				t.Errorf("suppression of kind %v", k)
			}
		}
		if kind == "pass" {
			passed++
		}
	}
	if len(results) != 6 || suppressed != 2 || passed != 1 {
		t.Errorf("%d results, %d suppressed, %d passed", len(results), suppressed, passed)
	}
	var none map[string]any
	if err := json.Unmarshal(write(t, "sarif", nil), &none); err != nil || none["runs"].([]any)[0].(map[string]any)["results"] == nil {
		t.Errorf("without findings, results must be an empty list: %v, %v", none, err)
	}
}

func TestJSONAndMarkdown(t *testing.T) {
	var entries []struct {
		ID, Folder, Bucket, State, Target string
	}
	if err := json.Unmarshal(write(t, "json", examples()), &entries); err != nil {
		t.Fatal(err)
	}
	last := entries[5]
	if len(entries) != 6 || last.Target != "FuzzX" || last.Folder != "crashes/found/"+last.ID || last.Bucket != "failure | - | key | - | - | -" {
		t.Errorf("%+v", entries)
	}
	text := string(write(t, "md", examples()[:2]))
	for _, part := range []string{"| id | state |", `\|`, "    # line", "section 4.4", "custom \"\\x00\""} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
	if err := Write(new(bytes.Buffer), "pdf", "", nil); err == nil {
		t.Error("an unknown format is written")
	}
}
