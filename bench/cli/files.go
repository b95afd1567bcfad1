package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/touchstone-wasm/touchstone/bench/report"
)

// compare prints what changed from one file with samples to another.
func (app *App) compare(files []string, format report.Format) int {
	var samples [2]*report.Samples
	for i, name := range files {
		var err error
		if samples[i], err = readSamples(name); err != nil {
			fmt.Fprintf(app.Stderr, "bench: %v\n", err)
			return statusFailure
		}
	}
	if err := report.Compare(app.Stdout, samples[0], samples[1], format); err != nil {
		fmt.Fprintf(app.Stderr, "bench: %v\n", err)
		return statusFailure
	}
	return statusOK
}

func readSamples(name string) (*report.Samples, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return report.ReadBenchfmt(f, name)
}

// writeHTML writes the report with charts.
func writeHTML(name, machine, engines string, suites []report.Suite) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(report.HTML(f, machine, engines, suites), f.Close())
}
