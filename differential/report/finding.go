// Package report writes what a differential session finds and counts: for people on a terminal, for programs as JSON, and
// into folders that keep a finding.
package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// mark stands before what an engine outside the majority saw.
const mark = ">>>"

// Finding writes f for people: who disagrees with whom, each place where they differ with what every engine saw there, and
// the command that shows it again. saved is the folder that keeps it, empty if it was not kept.
func Finding(f *session.Finding, again, saved string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d bytes\n", title(f), len(f.Case.Module))
	if f.Known != nil {
		fmt.Fprintf(&b, "  known     %s: %s\n", f.Known.Name, f.Known.Reason)
	}
	if f.Flaky {
		fmt.Fprintf(&b, "  flaky     a second run of the same module did not show the same\n")
	}
	if f.Verdict.Diverges() {
		fmt.Fprintf(&b, "  vote      %s\n", Vote(f))
	}
	width := 0
	for i := range f.Sides {
		width = max(width, len(f.Sides[i].Engine))
	}
	for _, row := range f.Verdict.Rows {
		fmt.Fprintf(&b, "  %s\n", row.Where)
		for i := range f.Sides {
			sign := "   "
			if row.Odd[i] {
				sign = mark
			}
			fmt.Fprintf(&b, "    %s %-*s  %s\n", sign, width, f.Sides[i].Engine, row.Texts[i])
		}
	}
	deaths(&b, f, width)
	if saved != "" {
		fmt.Fprintf(&b, "  saved     %s\n", saved)
	}
	fmt.Fprintf(&b, "  again     %s\n", again)
	return b.String()
}

// Line writes f on one line, for when many have been written in full.
func Line(f *session.Finding, again, saved string) string {
	what := f.Likeness()
	if f.Known != nil {
		what = "known " + f.Known.Name
	}
	if saved != "" {
		what += "; saved " + saved
	}
	return fmt.Sprintf("%s: %s; again: %s", title(f), what, again)
}

func title(f *session.Finding) string {
	kind := strings.ToUpper(f.Kind())
	if f.Known != nil {
		kind = "ACCEPTED " + kind
	}
	return fmt.Sprintf("%s  %s  %s", kind, f.Case.ID(), f.Case.Name)
}

// deaths writes the engines that crashed or hung with their last words, and what the others made of the module.
func deaths(b *strings.Builder, f *session.Finding, width int) {
	if f.Verdict.Crashed == nil && f.Verdict.Hung == nil {
		return
	}
	for i := range f.Sides {
		sign := "   "
		if slices.Contains(f.Verdict.Crashed, i) || slices.Contains(f.Verdict.Hung, i) {
			sign = mark
		}
		r := f.Sides[i].Result
		fmt.Fprintf(b, "    %s %-*s  %s%s\n", sign, width, f.Sides[i].Engine, stageWords(r), lastWords(r))
	}
}

func stageWords(r *engine.Result) string {
	if r.Stage == engine.StageRun {
		return fmt.Sprintf("ended after %d calls in %v", len(r.Calls), r.Elapsed.Round(1000))
	}
	return string(r.Stage)
}

// maxWords bounds the words of a dead engine that are shown, in bytes.
const maxWords = 400

func lastWords(r *engine.Result) string {
	words := strings.TrimSpace(r.Message)
	if words == "" || r.Stage == engine.StageRun {
		return ""
	}
	if len(words) > maxWords {
		words = words[:maxWords] + "…"
	}
	return fmt.Sprintf(": %q", words)
}

// Vote says who agrees with whom.
func Vote(f *session.Finding) string {
	var groups []string
	for _, g := range f.Verdict.Groups {
		groups = append(groups, strings.Join(names(f, g), ", "))
	}
	if _, ok := f.Verdict.Majority(); !ok {
		return strings.Join(groups, " against ") + "; no majority"
	}
	agree := "agree"
	if len(f.Verdict.Groups[0]) == 1 {
		agree = "stands"
	}
	return fmt.Sprintf("%s %s; against them: %s", groups[0], agree, strings.Join(groups[1:], " and "))
}

func names(f *session.Finding, sides []int) (out []string) {
	for _, i := range sides {
		out = append(out, f.Sides[i].Engine)
	}
	return out
}

// Explanation writes where the engines part on the module of f, which has an explanation, and the vote on the module as it is.
func Explanation(f *session.Finding) string {
	text := ""
	if f.Verdict.Diverges() {
		text = fmt.Sprintf("  vote      %s\n", Vote(f))
	}
	return text + f.Explanation.Text(f.Case.Module)
}
