// Package execute runs inputs of fuzz targets in a process of their own, so that whatever they do to it is seen and ends nothing else.
package execute

import (
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Outcome is what an input does.
type Outcome struct {
	// Stage says how the input fails: the key of the oracle, or one of the stages below. It is empty for an input that passes.
	Stage string `json:"stage,omitempty"`
	// Words are what is constant of the message of a panic, or of what else ended the process.
	Words string `json:"words,omitempty"`
	// Frames are the topmost functions of ours in the trace of a panic.
	Frames []string `json:"frames,omitempty"`
	// Detail is for people.
	Detail string `json:"detail,omitempty"`
}

// The stages that are no keys of oracles.
const (
	Panic  = "panic"
	Died   = "process died"
	Hang   = "hang"
	Memory = "out of memory"
)

// Fails reports whether the input fails.
func (o *Outcome) Fails() bool { return o.Stage != "" }

// ends reports whether the process cannot be given another input.
func (o *Outcome) ends() bool {
	return o.Stage == Panic || o.Stage == Died || o.Stage == Hang || o.Stage == Memory
}

// Bucket returns what failures of one defect on a target have in common, in one line: the kind of the finding, the target, the stage, the
// words, the hostcall that it is about, and the frames; "-" stands for nothing. It is empty for an input that passes.
func (o *Outcome) Bucket(target string) string {
	if !o.Fails() {
		return ""
	}
	fields := []string{"failure", target, o.Stage, o.Words, o.hostcall(), strings.Join(o.Frames, ", ")}
	for i, f := range fields {
		if f == "" {
			fields[i] = "-"
		}
	}
	return strings.Join(fields, " | ")
}

// hostcall returns the ID of the hostcall that a failure of an oracle is about: the first that the first line of its detail names.
func (o *Outcome) hostcall() string {
	if o.ends() {
		return ""
	}
	line, _, _ := strings.Cut(o.Detail, "\n")
	for _, word := range identifier.FindAllString(line, -1) {
		for row := range wasi.Hostcalls() {
			if row.ID() == strings.TrimSuffix(word, ".") {
				return row.ID()
			}
		}
	}
	return ""
}

// identifier matches what may be the ID of a hostcall.
var identifier = regexp.MustCompile(`[a-z0-9_.]+`)

const (
	modulePath = "github.com/touchstone-wasm/touchstone/"
	maxFrames  = 2 // more would tell apart the ways to one defect
	maxWords   = 100
)

var (
	frame     = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(modulePath) + `([^\s(]+(?:\(\*?\w+(?:\[[^\]]*\])?\)[^\s(]*)?)\(.*\)$`)
	closure   = regexp.MustCompile(`(\.func\d+|\.\d+|\.gowrap\d+|-fm|\[\.\.\.\])+$`)
	lastWords = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)
	varies    = regexp.MustCompile(`0x[0-9a-fA-F]+|"(?:[^"\\]|\\.)*"|\b\d+\b`)
)

// frames returns the topmost functions of ours of the first trace in a text, without those of oracles, which all failures have.
func frames(text string) (list []string) {
	_, text, _ = strings.Cut(text, "goroutine ")
	if i := strings.LastIndex(text, "panic("); i >= 0 { // deferred functions of ours are above it
		text = text[i:]
	}
	for _, m := range frame.FindAllStringSubmatch(text, -1) {
		name := closure.ReplaceAllString(m[1], "")
		if strings.HasPrefix(name, "harness") || strings.HasPrefix(name, "ci/") || len(list) > 0 && list[len(list)-1] == name {
			continue
		}
		if list = append(list, name); len(list) == maxFrames {
			break
		}
	}
	return list
}

// words returns what does not vary of a message.
func words(message string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	first = strings.Join(strings.Fields(varies.ReplaceAllString(first, "N")), " ")
	return first[:min(len(first), maxWords)]
}

// dead returns the outcome of an input whose process ended with a status and last words.
func dead(status, stderr string) *Outcome {
	o := &Outcome{Stage: Died, Words: words(status), Frames: frames(stderr), Detail: status + "\n" + stderr}
	if m := lastWords.FindStringSubmatch(stderr); m != nil {
		o.Words = words(m[1])
	}
	if strings.Contains(stderr, memoryMark) {
		o.Stage, o.Words = Memory, ""
	}
	return o
}
