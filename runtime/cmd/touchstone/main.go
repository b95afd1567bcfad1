// Command touchstone runs WebAssembly modules on the runtime of this project.
//
// Its subcommands stand in the table in command.go; "touchstone -h" lists them.
package main

import "os"

func main() {
	os.Exit(touchstone(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}
