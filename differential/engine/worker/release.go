package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Release is a release of an engine's binding other than the one that the project depends on.
//
// The worker's source stays one: it is built with a go.mod of its own, in the cache, in which the asked release replaces the module that
// the source imports. The Go checksum database vouches for what is downloaded, as for any module.
type Release struct {
	Module  string // that the worker's source imports: github.com/bytecodealliance/wasmtime-go/v42
	Path    string // of the release: github.com/bytecodealliance/wasmtime-go/v25
	Version string // v25.0.0
}

var exactVersion = regexp.MustCompile(`^v(\d+)\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// NewRelease returns the release that a variant asks for, of the binding that the worker's source imports as module; nil if it asks for
// none.
func NewRelease(v engine.Variant, module string) (*Release, error) {
	if v.Release == "" {
		return nil, nil
	}
	m := exactVersion.FindStringSubmatch(v.Release)
	if m == nil {
		return nil, fmt.Errorf("%s: a release is written like v1.2.3: they are those of the Go module %s", v, unversioned(module))
	}
	path := unversioned(module)
	if m[1] != "0" && m[1] != "1" {
		path += "/v" + m[1]
	}
	return &Release{Module: module, Path: path, Version: v.Release}, nil
}

var majorSuffix = regexp.MustCompile(`/v\d+$`)

// unversioned returns a module path without its major version.
func unversioned(path string) string { return majorSuffix.ReplaceAllString(path, "") }

// releaseError says why a release cannot be used.
type releaseError struct {
	reason string
	cause  error
}

func (e *releaseError) Error() string { return e.reason + ": " + e.cause.Error() }

func (e *releaseError) Unwrap() error { return e.cause }

// reasons are what the go command says when a release cannot be had, and what that means.
var reasons = []struct{ words, reason string }{
	{"dial tcp", "its release could not be downloaded: no network"},
	{"no such host", "its release could not be downloaded: no network"},
	{"module lookup disabled", "its release is not in the module cache, and GOPROXY forbids to download it"},
	{"unknown revision", "there is no such release"},
	{"no matching versions", "there is no such release"},
	{"404 Not Found", "there is no such release"},
	{"410 Gone", "there is no such release"},
	{"403 Forbidden", "the module proxy does not give out its release"},
	{"verifying", "its release is not what the checksum database knows"},
}

// reason returns what the words of the go command mean, or else what is given.
func reason(printed, otherwise string) string {
	for _, x := range reasons {
		if strings.Contains(printed, x.words) {
			return x.reason
		}
	}
	return otherwise
}

// explain classifies a failure to build by what the go command printed. What came so far as to be compiled has another API.
func (r *Release) explain(err error, printed string) error {
	return &releaseError{reason(printed, fmt.Sprintf("the worker does not compile with the API of %s %s", r.Path, r.Version)), err}
}

// pin writes the go.mod and go.sum with which a program is built against a release, and returns the path of the first. Of the sums,
// those that the go command added before are kept.
func (b *builder) pin(r *Release, program string) (string, error) {
	if err := b.download(r); err != nil {
		return "", err
	}
	mod, err := os.ReadFile(filepath.Join(b.dir, "go.mod"))
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(b.dir, "go.sum"))
	if err != nil {
		return "", err
	}
	before, err := os.ReadFile(program + ".sum")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for line := range strings.Lines(string(before)) {
		if !strings.Contains(string(sum), line) {
			sum = append(sum, line...)
		}
	}
	mod = fmt.Appendf(mod, "\nreplace %s => %s %s\n", r.Module, r.Path, r.Version)
	return program + ".mod", errors.Join(os.WriteFile(program+".mod", mod, 0o600), os.WriteFile(program+".sum", sum, 0o600))
}

// download fetches a release into the module cache, so that what can go wrong with that is told apart from what can go wrong in a
// build.
func (b *builder) download(r *Release) error {
	out, err := b.command("mod", "download", "-json", r.Path+"@"+r.Version).Output()
	if err == nil {
		return nil
	}
	var said struct{ Error string }
	if json.Unmarshal(out, &said) != nil || said.Error == "" {
		return err
	}
	return &releaseError{reason(said.Error, "its release could not be downloaded"), errors.New(said.Error)}
}
