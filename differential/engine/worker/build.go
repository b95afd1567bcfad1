package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// modulePath is our module; worker programs are built in its directory.
const modulePath = "github.com/touchstone-wasm/touchstone"

// Variable returns the name of the environment variable that holds the path of a prebuilt worker for an engine.
func Variable(name string) string {
	return "TOUCHSTONE_WORKER_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// locate returns the path of the worker program, building it if the environment does not name one. What it names is of one
// release, so that another that was asked for is built.
func locate(ctx context.Context, spec *Spec) (string, error) {
	variable := Variable(spec.Program)
	if path := os.Getenv(variable); path != "" && spec.Release == nil {
		if _, err := exec.LookPath(path); err != nil {
			return "", &engine.Unavailable{Engine: spec.Name, Reason: variable + " names no program", Err: err}
		}
		return path, nil
	}
	unavailable := func(reason string, err error) (string, error) {
		return "", &engine.Unavailable{Engine: spec.Name, Reason: reason, Err: err}
	}
	goCmd, err := exec.LookPath("go")
	if err != nil {
		return unavailable("needs the go command to build its worker, or "+variable, nil)
	}
	dir, err := sourceDir()
	if err != nil {
		return unavailable("its worker is built from the project's source, or named by "+variable, err)
	}
	b := &builder{ctx: ctx, spec: spec, goCmd: goCmd, dir: dir}
	if spec.Cgo && !b.hasCompiler() {
		return unavailable("needs a C compiler", nil)
	}
	path, err := b.build()
	var failure *releaseError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &failure):
		return unavailable(failure.reason, failure.cause)
	case err != nil:
		return unavailable("its worker could not be built", err)
	}
	return path, nil
}

type builder struct {
	ctx   context.Context
	spec  *Spec
	goCmd string
	dir   string
}

// command returns a go command that builds for this machine, whatever the environment of the caller says.
func (b *builder) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, b.goCmd, args...)
	cmd.Dir = b.dir
	cgo := "CGO_ENABLED=0"
	if b.spec.Cgo {
		cgo = "CGO_ENABLED=1"
	}
	cmd.Env = append(os.Environ(), cgo, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "PWD="+b.dir)
	return cmd
}

// hasCompiler reports whether the C compiler that cgo would use is there.
func (b *builder) hasCompiler() bool {
	out, err := b.command("env", "CC").Output()
	if err != nil {
		return false
	}
	words := strings.Fields(string(out)) // CC may have arguments
	if len(words) == 0 {
		return false
	}
	_, err = exec.LookPath(words[0])
	return err == nil
}

// build builds the program into the user's cache directory, under a lock, since several processes may want it at once. If
// it is up to date, the go command sees that and links nothing.
func (b *builder) build() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "touchstone", "workers", runtime.GOOS+"-"+runtime.GOARCH, cacheKey(b.dir))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	// Engines that share a program share the file.
	path := filepath.Join(dir, strings.ReplaceAll(strings.TrimPrefix(b.spec.Package, modulePath+"/"), "/", "-"))
	if b.spec.Tags != "" {
		path += "-" + b.spec.Tags
	}
	if b.spec.Release != nil {
		path += "-" + b.spec.Release.Version
	}
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "building the %s worker (first use)…\n", b.spec.Name)
	}
	args := []string{"build", "-tags", b.spec.Tags, "-o", path}
	if r := b.spec.Release; r != nil {
		modfile, err := b.pin(r, path)
		if err != nil {
			return "", err
		}
		args = append(args, "-mod=mod", "-modfile="+modfile)
	}
	cmd := b.command(append(args, b.spec.Package)...)
	if b.spec.BuildEnv != nil {
		env, err := b.spec.BuildEnv(b.moduleDir)
		if err != nil {
			return "", err
		}
		cmd.Env = append(cmd.Env, env...)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		err = fmt.Errorf("go build %s: %w: %s", b.spec.Package, err, shorten(out))
		if b.spec.Release != nil {
			err = b.spec.Release.explain(err, string(out))
		}
		return "", err
	}
	return path, nil
}

// moduleDir returns the directory of a module that we depend on.
func (b *builder) moduleDir(path string) (string, error) {
	out, err := b.command("list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return "", fmt.Errorf("find module %s: %w", path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// sourceDir finds the root of our module: above the working directory, or else above this file as it was when compiled.
func sourceDir() (string, error) {
	var starts []string
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		starts = append(starts, filepath.Dir(file))
	}
	for _, dir := range starts {
		for {
			data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err == nil && isOurs(data) {
				return dir, nil
			}
			parent := filepath.Dir(dir)
			if parent == dir {
				break
			}
			dir = parent
		}
	}
	return "", fmt.Errorf("module %s not found; run inside its source tree", modulePath)
}

func isOurs(goMod []byte) bool {
	first, _, _ := bytes.Cut(goMod, []byte("\n"))
	return string(bytes.TrimSpace(first)) == "module "+modulePath
}

// cacheKey keeps the programs of several source trees apart, so that they do not replace each other's.
func cacheKey(dir string) string {
	h := fnv.New64a()
	h.Write([]byte(dir))
	return fmt.Sprintf("%016x", h.Sum64())
}
