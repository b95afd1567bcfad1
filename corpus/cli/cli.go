// Package cli is the command line of the corpus.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/corpus/cover"
	"github.com/touchstone-wasm/touchstone/corpus/store"
	"github.com/touchstone-wasm/touchstone/harness"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // an input fails its target
	statusFailure = 2 // wrong usage, or a failure of the command itself
)

// Self is the folder of the command, which is also the process that measures coverage.
const Self = "corpus/cmd/corpus"

const usage = `usage: go run ./corpus/cmd/corpus [flags] COMMAND

Corpus looks after the seeds of the fuzz targets, a folder of raw files for each. TARGET is a name such as FuzzDecode.

commands; 'COMMAND -h' shows the flags of one:
  stat [flags] [TARGET ...]         how many seeds there are and how large; with -cover, how many blocks of code they execute
  import [flags] TARGET [FOLDER]    take inputs from a folder of raw files, of files of go test -fuzz or from an envelope, or from Go's cache
  export [flags] TARGET FOLDER      write the seeds as files of go test -fuzz, as they are, or as an envelope that outlives generators
  merge [flags] TARGET [FOLDER ...] leave few inputs of the corpus and of folders that execute all that many do

Exit status: 0 done, 1 an input fails its target, 2 wrong usage or own failure.

flags:
`

// App is what the command works with.
type App struct {
	Root           string // the folder of the corpus, if -root does not say otherwise
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// usageError is a wrong command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the command line and returns the exit status.
func (a *App) Main(ctx context.Context, args []string) int {
	status, err := a.main(ctx, args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return status
	}
	msg := err.Error()
	if errors.As(err, new(usageError)) {
		msg += " (run 'go run ./corpus/cmd/corpus -h' for help)"
	}
	fmt.Fprintf(a.Stderr, "corpus: %s\n", msg)
	return statusFailure
}

func (a *App) main(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("corpus", flag.ContinueOnError)
	fs.StringVar(&a.Root, "root", a.Root, "the `folder` of the corpus")
	if err := a.parse(fs, args, usage); err != nil {
		return statusOK, err
	}
	if fs.NArg() == 0 {
		return 0, usagef("a command is missing")
	}
	switch command, args := fs.Arg(0), fs.Args()[1:]; command {
	case "stat":
		return a.stat(ctx, args)
	case "import":
		return statusOK, a.imports(args)
	case "export":
		return statusOK, a.export(args)
	case "merge":
		return a.merge(ctx, args)
	case "measure": // the process of cover.Meter
		if len(args) != 1 {
			return 0, usagef("measure takes a target")
		}
		return statusOK, cover.Serve(ctx, args[0], a.Stdin, a.Stdout)
	default:
		return 0, usagef("unknown command %q", command)
	}
}

// parse parses flags; help goes to stdout behind the text usage.
func (a *App) parse(fs *flag.FlagSet, args []string, usage string) error {
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(a.Stdout, usage)
		fs.SetOutput(a.Stdout)
		fs.PrintDefaults()
		return err
	}
	if err != nil {
		return usageError{err}
	}
	return nil
}

// mixed parses flags that may stand before and behind the arguments, which it returns.
func (a *App) mixed(fs *flag.FlagSet, args []string, usage string) (rest []string, err error) {
	for {
		if err := a.parse(fs, args, usage); err != nil {
			return nil, err
		}
		if args = fs.Args(); len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

// target returns the target with a name, and the folder of its seeds.
func (a *App) target(name string) (harness.Target, string, error) {
	t, err := harness.Find(name)
	if err != nil {
		return t, "", usageError{err}
	}
	return t, filepath.Join(a.Root, t.Corpus), nil
}

// read returns the inputs of a folder of the corpus; one that does not exist has none.
func read(dir string) ([]corpus.Input, error) {
	inputs, err := store.Read(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return inputs, err
}

// meaning returns what inputs of a target stand for.
func meaning(t harness.Target) store.Meaning {
	if t.Meaning == nil {
		return func([]byte) ([]byte, string) { return nil, "" }
	}
	return t.Meaning
}
