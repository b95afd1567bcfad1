package finding

import (
	"fmt"
	"strings"
)

// Readme returns the text of a finding for people: what it is, what was seen, and the commands that show it again. The commands are for
// the top of the project, where findings are kept in crashes/found.
func (f *Finding) Readme() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s, %s.", f.Title, capital(string(f.Kind)), f.State)
	switch {
	case f.Target != "":
		fmt.Fprintf(&b, " The target is `%s`.", f.Target)
	case len(f.Wrong) > 0:
		fmt.Fprintf(&b, " Wrong: %s.", strings.Join(f.Wrong, ", "))
	}
	fmt.Fprintf(&b, "\n\n    %s\n", f.Bucket)
	if f.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", f.Note)
	}
	f.engines(&b)
	b.WriteString("\nFrom the top of the project, in a folder of `crashes/found` (`go run ./crashes add FOLDER` moves one there):\n\n")
	if f.Kind == Failure {
		fmt.Fprintf(&b, "    go run ./crashes replay %s\n", f.ID)
	} else {
		fmt.Fprintf(&b, "    go run ./crashes replay %s\n    go run ./differential -explain crashes/found/%s/%s\n", f.ID, f.ID, ModuleFile)
	}
	if f.Origin.Command != "" {
		fmt.Fprintf(&b, "\nIt was found with:\n\n    %s\n", f.Origin.Command)
	}
	if f.Origin.Flaky {
		b.WriteString("\nA second run did not show it.\n")
	}
	return b.String()
}

// engines writes what the engines did, each group of engines that did the same once.
func (f *Finding) engines(b *strings.Builder) {
	var order []string
	who := map[string][]string{}
	for _, e := range f.Expect {
		saw := "    " + strings.Join(e.Saw, "\n    ")
		if who[saw] == nil {
			order = append(order, saw)
		}
		who[saw] = append(who[saw], e.Engine+" "+e.Version)
	}
	for _, saw := range order {
		fmt.Fprintf(b, "\n%s:\n\n%s\n", strings.Join(who[saw], ", "), saw)
	}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
