package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// program is the flags that describe a program whose hostcalls are replayed.
type program struct {
	file, dir, stdin string
	args             []string
}

func (p *program) flags(fs *flag.FlagSet) {
	fs.StringVar(&p.file, "program", "", "in the suite replay, record the hostcalls of the WASI program in `FILE`")
	fs.StringVar(&p.dir, "dir", "", "the program finds a copy of the directory `DIR` as its own")
	fs.StringVar(&p.stdin, "stdin", "", "its input is `FILE`")
	fs.Func("arg", "a further argument of the program, `ARG`", func(arg string) error {
		p.args = append(p.args, arg)
		return nil
	})
}

// kernel returns the program, or nil if there is none.
func (p *program) kernel() (*timing.Kernel, error) {
	if p.file == "" {
		if p.dir != "" || p.stdin != "" || p.args != nil {
			return nil, errors.New("-dir, -stdin and -arg say how to run the program of -program")
		}
		return nil, nil
	}
	module, err := os.ReadFile(p.file)
	if err != nil {
		return nil, fmt.Errorf("-program: %w", err)
	}
	how := &timing.Program{Args: append([]string{filepath.Base(p.file)}, p.args...), Tree: p.dir, Stdout: true}
	if p.stdin != "" {
		if how.Stdin, err = os.ReadFile(p.stdin); err != nil {
			return nil, fmt.Errorf("-stdin: %w", err)
		}
	}
	return &timing.Kernel{Module: module, Export: timing.Start, Program: how}, nil
}
