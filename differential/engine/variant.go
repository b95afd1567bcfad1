package engine

import (
	"fmt"
	"slices"
	"strings"
)

// Variant is an engine as it is asked for: a name, a release if not the one that the project depends on, and settings. As text it is
// NAME[@RELEASE][:SETTING]…, for example wasmtime@v25.0.0:opt=none:nan=canonical.
type Variant struct {
	Name     string
	Release  string // with the leading v; empty for the one that the project depends on
	Settings []string
}

// ParseVariant takes a text apart. Whether there is such an engine is for [Variant.Check].
func ParseVariant(text string) Variant {
	words := strings.Split(text, ":")
	v := Variant{Settings: words[1:]}
	v.Name, v.Release, _ = strings.Cut(words[0], "@")
	return v
}

// Project returns what the name has before a dash: wazero of wazero-interp, wasmtime of wasmtime-cli. Engines of one project share most of
// what they get wrong.
func (v Variant) Project() string {
	project, _, _ := strings.Cut(v.Name, "-")
	return project
}

// String is the inverse of ParseVariant.
func (v Variant) String() string {
	text := v.Name
	if v.Release != "" {
		text += "@" + v.Release
	}
	return strings.Join(append([]string{text}, v.Settings...), ":")
}

// Setting is one way in which an engine can run other than by default.
type Setting struct {
	Name string // as in a variant: "opt=none"
	// Sets names what is set: two settings of one thing exclude each other.
	Sets string
	Doc  string
}

// Check reports an unknown setting, with what there is, and settings that exclude each other.
func (v Variant) Check(known []Setting) error {
	taken := map[string]string{}
	for _, name := range v.Settings {
		i := slices.IndexFunc(known, func(s Setting) bool { return s.Name == name })
		if i < 0 {
			return fmt.Errorf("engine %s has no setting %q; %s", v.Name, name, listSettings(known))
		}
		if other := taken[known[i].Sets]; other != "" {
			return fmt.Errorf("engine %s: the settings %s and %s exclude each other", v.Name, other, name)
		}
		taken[known[i].Sets] = name
	}
	return nil
}

func listSettings(known []Setting) string {
	if len(known) == 0 {
		return "it has none"
	}
	var names []string
	for _, s := range known {
		names = append(names, s.Name)
	}
	return "there are " + strings.Join(names, ", ")
}
