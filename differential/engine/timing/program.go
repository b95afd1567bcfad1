package timing

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Start is the export of programs.
const Start = "_start"

// Program is how a module is run that is a program.
type Program struct {
	Args []string // the first is the program's name
	// Stdin is the content of the input.
	Stdin []byte
	// Tree is a directory of the host, a copy of which the program finds as its directory; empty is nothing.
	Tree string
	// Status is what the program must end with.
	Status uint32
	// Stdout says that what is printed is a part of what must be the same on all engines. Some programs print how long they took.
	Stdout bool
	// Stderr says the same of what is printed there.
	Stderr bool
	// Lines is a regular expression of the lines of the output that must be the same, in place of all of it; empty is none in particular.
	Lines string
	// Figure is a regular expression whose first group is what the program says that it measured, in microseconds: that is the sample.
	Figure string
	// Check are commands of the host, each with its arguments, that must succeed in the program's directory after it: they compare what it
	// wrote with what it should have written.
	Check [][]string
	// SaveStdout and SaveStderr are the names that what the program prints gets in its directory, as by a shell; empty is none.
	SaveStdout, SaveStderr string
	// Ignore are files, relative to the directory, that may differ, such as logs with times.
	Ignore []string
	// Returns means that the result of the call is to be checked, and not the status: the program is of our own making and returns an i32.
	Returns bool
}

// Hostcall is what a program spent in one hostcall.
type Hostcall struct {
	Name  string
	Count uint64
	Time  time.Duration // in all calls together, less what looking at the clock takes
}

// The files beside a program's directory that stand for its streams.
const (
	stdin  = ".stdin"
	stdout = ".stdout"
	stderr = ".stderr"
)

// StdinFile returns the file that is a program's input.
func (k *Kernel) StdinFile() string { return k.Dir + stdin }

// StdoutFile returns the file that takes a program's output.
func (k *Kernel) StdoutFile() string { return k.Dir + stdout }

// StderrFile returns the file that takes what a program says beside it.
func (k *Kernel) StderrFile() string { return k.Dir + stderr }

// Reset makes a program's world: its directory with what it is to find there, its input, and empty outputs.
func (k *Kernel) Reset() error {
	p := k.Program
	if err := os.RemoveAll(k.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return err
	}
	if p.Tree != "" {
		if err := os.CopyFS(k.Dir, os.DirFS(p.Tree)); err != nil {
			return err
		}
	}
	return errors.Join(os.WriteFile(k.StdinFile(), p.Stdin, 0o600), os.WriteFile(k.StdoutFile(), nil, 0o600), os.WriteFile(k.StderrFile(), nil, 0o600))
}

// Judge looks at what a program left and returns the digest of it; the error says that the program did not end as it should.
func (k *Kernel) Judge(status uint32) (digest string, err error) {
	p := k.Program
	if status != p.Status && !p.Returns {
		return "", fmt.Errorf("the program ended with status %d, want %d: %s", status, p.Status, k.lastWords())
	}
	if err := k.save(); err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, "status", status)
	for _, stream := range []struct {
		counts bool
		name   string
	}{{p.Stdout, k.StdoutFile()}, {p.Stderr, k.StderrFile()}} {
		if stream.counts {
			if err := hashFile(h, strings.TrimPrefix(stream.name, k.Dir), stream.name); err != nil {
				return "", err
			}
		}
	}
	if p.Lines != "" {
		text, err := os.ReadFile(k.StdoutFile())
		if err != nil {
			return "", err
		}
		lines := regexp.MustCompile(p.Lines).FindAll(text, -1)
		if lines == nil {
			return "", fmt.Errorf("the program printed no line like %s: %s", p.Lines, k.lastWords())
		}
		fmt.Fprintf(h, "%q", lines)
	}
	ignored := map[string]bool{}
	for _, name := range p.Ignore {
		ignored[filepath.Join(k.Dir, name)] = true
	}
	err = filepath.WalkDir(k.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || ignored[path] {
			return err
		}
		return hashFile(h, strings.TrimPrefix(path, k.Dir), path)
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// save gives the program's streams the names that a shell would have given them.
func (k *Kernel) save() error {
	for _, s := range [][2]string{{k.StdoutFile(), k.Program.SaveStdout}, {k.StderrFile(), k.Program.SaveStderr}} {
		if s[1] == "" {
			continue
		}
		text, err := os.ReadFile(s[0])
		if err == nil {
			err = os.WriteFile(filepath.Join(k.Dir, s[1]), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// figure returns what the program says that it measured, in nanoseconds.
func (k *Kernel) figure() (float64, error) {
	re := regexp.MustCompile(k.Program.Figure)
	for _, file := range []string{k.StderrFile(), k.StdoutFile()} {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		if m := re.FindSubmatch(text); m != nil {
			us, err := strconv.ParseFloat(string(m[1]), 64)
			return 1e3 * us, err
		}
	}
	return 0, fmt.Errorf("the program told no figure: %s", k.lastWords())
}

// check runs the commands that judge what the program wrote. What was judged once need not be judged again.
func (s *Session) check(digest string) error {
	if s.checked == digest {
		return nil
	}
	for _, command := range s.kernel.Program.Check {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = s.kernel.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, strings.TrimSpace(string(out)))
		}
	}
	s.checked = digest
	return nil
}

// hashFile adds a file with its size, so that no two sequences of files have the same bytes.
func hashFile(h io.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	fmt.Fprintln(h, name, st.Size())
	_, err = io.Copy(h, f)
	return err
}

// lastWords returns the last line that the program printed, which says what is wrong.
func (k *Kernel) lastWords() string {
	for _, file := range []string{k.StderrFile(), k.StdoutFile()} {
		text, err := os.ReadFile(file)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if last := lines[len(lines)-1]; err == nil && last != "" {
			return last
		}
	}
	return "it printed nothing"
}

// program times the calls of a program, each in a world and an instance of its own, whose making is not in the figure.
func (s *Session) program(b Batch) (total Sample, err error) {
	for range b.Calls {
		one, err := s.run(b)
		if err != nil {
			return Sample{}, err
		}
		if total.Digest != "" && (one.Digest != total.Digest || one.Result != total.Result) {
			return Sample{}, errors.New("the program did something else when it was run again")
		}
		one.CPU, one.Wall, one.Figure = one.CPU+total.CPU, one.Wall+total.Wall, one.Figure+total.Figure
		total = one
	}
	return total, nil
}

func (s *Session) run(b Batch) (Sample, error) {
	if err := s.kernel.Reset(); err != nil {
		return Sample{}, err
	}
	module := s.module
	if b.Inside {
		observer, ok := module.(Observer)
		if !ok {
			return Sample{}, errors.New("this engine does not tell what its hostcalls take")
		}
		module = observer.Observed()
	}
	in, err := module.Instantiate()
	if err != nil {
		return Sample{}, err
	}
	sample, err := measure(processTime, Batch{Calls: 1}, in.Call)
	if o, ok := in.(interface{ Hostcalls() []Hostcall }); ok && b.Inside {
		sample.Hostcalls = o.Hostcalls()
	}
	in.Close()
	if err != nil {
		return Sample{}, err
	}
	if sample.Digest, err = s.kernel.Judge(sample.Result); err != nil {
		return Sample{}, err
	}
	if s.kernel.Program.Figure != "" {
		if sample.Figure, err = s.kernel.figure(); err != nil {
			return Sample{}, err
		}
	}
	return sample, s.check(sample.Digest)
}

// Observer is a [Module] that can tell what its hostcalls take.
type Observer interface {
	// Observed returns a module whose instances have a method Hostcalls() []Hostcall.
	Observed() Module
}
