package engine

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
)

// follow runs a command, hands on what it says, line by line, and returns the last lines.
func follow(cmd *exec.Cmd, line func(string)) (end string, err error) {
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	done := make(chan struct{})
	go func() {
		defer close(done)
		end = lines(out, line)
	}()
	err = cmd.Run()
	_ = in.Close() // of a pipe in memory
	<-done
	return end, err
}

// lines reads lines until the end and returns the last ones.
func lines(r io.Reader, line func(string)) string {
	const keep = 200 // the trace of a panic and what the target said before
	var end []string
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		line(scanner.Text())
		if end = append(end, scanner.Text()); len(end) > keep {
			end = end[1:]
		}
	}
	_, _ = io.Copy(io.Discard, r) // of a line that is too long
	return strings.Join(end, "\n")
}
