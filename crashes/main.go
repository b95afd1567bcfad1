// Command crashes keeps what was found in engines and replays it.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/touchstone-wasm/touchstone/crashes/cli"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// root is the folder of the findings, seen from the top of the project.
const root = "crashes/found"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	app := &cli.App{Root: root, Engines: candidates(), Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(app.Main(ctx, os.Args[1:]))
}

// candidates returns the engines of the list of engines.
func candidates() []session.Candidate {
	var list []session.Candidate
	for _, e := range all.Compared() {
		list = append(list, session.Candidate{Name: e.Name, Open: e.Open})
	}
	return list
}
