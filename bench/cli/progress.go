package cli

import (
	"fmt"
	"io"
	"time"
)

// progress says on stderr which workload is measured, and how long the others may take.
type progress struct {
	w     io.Writer
	start time.Time
	total int // workloads
	done  int // including the one in progress
}

// next begins a workload.
func (p *progress) next(name, doc string) {
	left := ""
	if took := time.Since(p.start); p.done > 0 && took > 2*time.Second {
		rest := took / time.Duration(p.done) * time.Duration(p.total-p.done)
		left = fmt.Sprintf(", about %v left", rest.Round(time.Second))
	}
	p.done++
	fmt.Fprintf(p.w, "bench: %d/%d%s: %s: %s\n", p.done, p.total, left, name, doc)
}
