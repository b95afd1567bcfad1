package finding

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// modulePath is the path of our own module; frames of it are shown without.
const modulePath = "github.com/touchstone-wasm/touchstone/"

// generic are the packages of ours whose frames say how something was found, not what: all that an oracle finds has its frames.
var generic = []string{"harness", "crashes", "ci", "differential"}

// maxFrames is how many frames tell defects apart. More would tell apart the ways to one defect.
const maxFrames = 3

// Frames returns the topmost frames of a panic that are of the engine's own code, normalised: of the first goroutine of a Go trace the names of
// functions without arguments, type arguments and numbers of closures, and not those of the standard library and of oracles; of a
// panic in Rust the crate and the file. It returns nil for a text that has neither.
func Frames(text string) []string {
	if frames := goFrames(text); frames != nil {
		return frames
	}
	return rustFrames(text)
}

// goFunc matches the line of a function in a trace: its name, and its arguments in the last parentheses.
var goFunc = regexp.MustCompile(`^((?:[\w.~-]+/)*[\w~-]+(?:\.[\w~-]+)*\.[^\s/]*[^\s/(])\(.*\)$`)

var (
	typeArgs = regexp.MustCompile(`\[[^\]]*\]`)
	closure  = regexp.MustCompile(`(\.func\d+|\.\d+|\.gowrap\d+|-range\d+|-fm)+$`)
)

func goFrames(text string) (frames []string) {
	_, text, ok := strings.Cut(text, "goroutine ")
	if !ok {
		return nil
	}
	text, _, _ = strings.Cut(text, "\n\n")
	for line := range strings.Lines(text) {
		m := goFunc.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil || len(frames) == maxFrames {
			continue
		}
		name := closure.ReplaceAllString(typeArgs.ReplaceAllString(m[1], ""), "")
		name, ours := strings.CutPrefix(name, modulePath)
		if top, _, _ := strings.Cut(name, "/"); !ours && !strings.Contains(top, ".") || !strings.Contains(name, "/") && !ours {
			continue // the standard library, or a main package
		}
		if isGeneric := func(g string) bool {
			return ours && (strings.HasPrefix(name, g+"/") || strings.HasPrefix(name, g+"."))
		}; slices.ContainsFunc(generic, isGeneric) {
			continue
		}
		if len(frames) == 0 || frames[len(frames)-1] != name {
			frames = append(frames, name)
		}
	}
	return frames
}

// rustAt matches where a panic was: "panicked at 'words', file:line:column", or "panicked at file:line:column:".
var rustAt = regexp.MustCompile(`panicked at (?:'[^\n]*', )?([^\s:']+\.rs):\d+`)

// version matches the end of a crate's folder.
var version = regexp.MustCompile(`-\d+\.\d+\.\d+[^/]*$`)

func rustFrames(text string) []string {
	m := rustAt.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	parts := strings.Split(m[1], "/")
	if i := slices.Index(parts, "src"); i > 0 && i < len(parts)-1 {
		if last := slices.Index(parts[i+1:], "src"); last >= 0 { // the first is the registry's
			i += 1 + last
		}
		return []string{version.ReplaceAllString(parts[i-1], "") + "/" + strings.Join(parts[i+1:], "/")}
	}
	return []string{path.Base(m[1])}
}

// rustWords matches the words of a panic in either form.
var rustWords = regexp.MustCompile(`panicked at (?:'([^\n]*?)', [^\s']+\.rs:\d+|[^\s']+\.rs:\d+(?::\d+)?:\n([^\n]*))`)

// goWords matches the words of a Go panic, or of what else ends a Go program.
var goWords = regexp.MustCompile(`(?m)^(?:panic|fatal error|runtime error|unexpected fault address): ?(.*)$`)

// Words returns what the last words of a process that died are about, normalised: those of the panic, or else their first line.
func Words(text string) string {
	if m := rustWords.FindStringSubmatch(text); m != nil {
		return Normalise(m[1] + m[2])
	}
	if m := goWords.FindStringSubmatch(text); m != nil {
		return Normalise(m[1])
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return Normalise(first)
}

// What varies from one input or machine to another. The order matters: an address is a number too.
var varying = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]"), ""},
	{regexp.MustCompile(` \[recovered\]|\(core dumped\)|goroutine \d+`), ""},
	{regexp.MustCompile(`"(?:[^"\\]|\\.)*"`), "S"},
	{regexp.MustCompile("`[^`]*`"), "S"},
	{regexp.MustCompile(`(?:[A-Za-z]:)?(?:/[\w.~+@-]+){2,}`), "P"},
	{regexp.MustCompile(`\b0[xX][0-9a-fA-F]+\b`), "N"},
	{regexp.MustCompile(`-?\b\d+(?:\.\d+)*(?:ns|µs|ms|s)?\b`), "N"},
	{regexp.MustCompile(`\b[0-9a-f]{8,}\b`), "N"},
	{regexp.MustCompile(`\s+`), " "},
}

// maxWords bounds normalised words, in bytes.
const maxWords = 100

// Normalise leaves of a message what does not vary: quoted texts become S, paths P and numbers N.
func Normalise(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.with)
	}
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[:min(len(text), maxWords)])
}
