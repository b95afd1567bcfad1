// Wasip1 is the program that the differential tests run as a WASI guest. It is a real program, Go's runtime and garbage
// collector included; each of its tasks uses another part of WASI. All tasks but "errors" do the same when
// the program is built for the host, which the tests use as a judge.
package main

import (
	"fmt"
	"os"
)

// tasks maps the first argument to what to do with the rest.
var tasks = map[string]func(args []string) error{
	"tree":   treeTask,
	"world":  worldTask,
	"stdin":  stdinTask,
	"big":    bigTask,
	"many":   manyTask,
	"errors": errorsTask,
	"panic":  panicTask,
}

// inOrder is what "all" does: in one run, because compilers take seconds for a program of this size. The last task exits.
var inOrder = []string{"tree", "stdin", "big", "many", "world"}

func init() {
	tasks["all"] = func(args []string) error {
		for _, name := range inOrder {
			fmt.Println("task", name)
			if err := tasks[name](args); err != nil {
				return err
			}
		}
		return nil
	}
}

func main() {
	if len(os.Args) < 2 || tasks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: wasip1 task [arguments]")
		os.Exit(2)
	}
	if err := tasks[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "wasip1:", err)
		os.Exit(1)
	}
}
