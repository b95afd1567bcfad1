package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/store"
)

// recipe is what a program is made of.
type recipe struct {
	pkg  string   // with its tests, and all that it depends on
	tags string   // besides those of the builder
	env  []string // added to the environment
	args []string // what else has a say: commands, flags, versions
}

// stampSuffix ends the name of the file that says what a program was made of.
const stampSuffix = ".made-of"

// unlessCurrent calls make to make a program, unless it is there and nothing of its recipe has changed: linking takes much longer
// than looking, and the go command does not keep what it links.
func (b *Builder) unlessCurrent(ctx context.Context, program string, r *recipe, make func() error) error {
	want, err := b.fingerprint(ctx, r)
	if err != nil {
		return err
	}
	stamp := program + stampSuffix
	have, _ := os.ReadFile(stamp) // one that is not there says nothing
	if _, err := os.Stat(program); err == nil && string(have) == want {
		return nil
	}
	if err := remove(stamp); err != nil {
		return err
	}
	if err := make(); err != nil {
		return err
	}
	return store.Write(stamp, []byte(want))
}

// sources is the template by which the go command names the files of a package that go into a program or its tests.
const sources = `{{if not .Standard}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}
{{end}}{{range .CgoFiles}}{{$dir}}/{{.}}
{{end}}{{range .SFiles}}{{$dir}}/{{.}}
{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}
{{end}}{{range .TestGoFiles}}{{$dir}}/{{.}}
{{end}}{{range .XTestGoFiles}}{{$dir}}/{{.}}
{{end}}{{end}}`

// fingerprint returns what changes if a recipe does: a hash of the toolchain's settings, of the sources, and of what else has a say.
func (b *Builder) fingerprint(ctx context.Context, r *recipe) (string, error) {
	settings, err := run(ctx, b.Root, r.env, "go", "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOFLAGS", "GOEXPERIMENT",
		"CGO_ENABLED", "CGO_CFLAGS", "CGO_LDFLAGS")
	if err != nil {
		return "", err
	}
	tags := b.tags(r.tags)
	files, err := run(ctx, b.Root, r.env, "go", "list", "-deps", "-test", tags, "-f", sources, r.pkg)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s%q\n", settings, append(slices.Clone(r.args), r.pkg, tags))
	for name := range strings.Lines(filepath.Join(b.Root, "go.mod") + "\n" + files) {
		name = strings.TrimSuffix(name, "\n")
		if name == "" {
			continue
		}
		if err := add(hash, name); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x\n", hash.Sum(nil)), nil
}

// add adds a file to a hash. One that is not there is made by the go command, of others.
func add(hash io.Writer, name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(hash, "%s\n", name)
	_, err = io.Copy(hash, f)
	return errors.Join(err, f.Close())
}

// remove removes a file that may not be there.
func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
