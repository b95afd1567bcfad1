package loop

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// bugs are planted defects, and how the bucket of each must look. Two are in one target, seen by
// one oracle; two in another, of which one is a panic.
var bugs = []struct {
	bug            planted.Bug
	target, bucket string // a regular expression
}{
	{planted.PortRange, "FuzzPolicy", `policy: another decision on`},
	{planted.AccessWider, "FuzzPolicy", `policy: another decision on a directory`},
	{planted.PathUTF8, "FuzzHostcall", `(hostcall: violation|model: errno not allowed) \| - \| path_`}, // by the first sequence that shows it
	{planted.IovecLast, "FuzzHostcall", `panic \| runtime error: slice bounds out of range`},
	{planted.ShortI64, "FuzzDifferential", `differential: other `},
}

// budget is the time for a bug that no session is to need: it ends with the first finding, and a machine may be busy with other things.
const budget = "60s"

// TestPlanted: the whole pipeline finds planted bugs, puts each into a bucket of its own, and reduces it; what it keeps shows the bug where
// it is, and nothing where it is not. With silent oracles it finds nothing.
func TestPlanted(t *testing.T) {
	p := need(t)
	for _, engine := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			out := p.folder(t)
			buckets := map[string]planted.Bug{}
			for _, b := range bugs {
				bug := planted.Variable + "=" + b.bug.String()
				args := []string{"loop", "-engine", engine, "-per", budget, "-rounds", "1", "-first", "-reduce", "2s", "-targets", b.target, "-out", out}
				before := len(records(t, out))
				if status, text := ci(t, p.planted, []string{bug}, args...); status != 1 {
					t.Errorf("%v: status %d, want 1\n%s", b.bug, status, text)
					continue
				}
				r := records(t, out)[before]
				for n, bucket := range r.Buckets {
					if !regexp.MustCompile(`^failure \| touchstone \| ` + b.bucket).MatchString(bucket) {
						t.Errorf("%v is in the bucket %q, want %q", b.bug, bucket, b.bucket)
					}
					if other, seen := buckets[bucket]; seen {
						t.Errorf("%v and %v are in one bucket: %s", b.bug, other, bucket)
					}
					buckets[bucket] = b.bug
					shows(t, p, bug, &r, r.Folders[n])
					t.Logf("%v after %.0f s and %d executions: %s", b.bug, r.Seconds, r.Executions, bucket)
				}
			}
			bug := planted.Variable + "=" + bugs[0].bug.String()
			before := len(records(t, out))
			args := []string{"loop", "-engine", engine, "-per", "2s", "-rounds", "1", "-targets", bugs[0].target, "-out", out}
			if status, text := ci(t, p.planted, []string{bug}, args...); status == 2 {
				t.Errorf("the second time: status %d\n%s", status, text)
			} else if again := records(t, out)[before]; again.Known == 0 {
				t.Errorf("%v is not found again", bugs[0].bug)
			}
			args[len(args)-1] = p.folder(t)
			if status, text := ci(t, p.planted, []string{bug, planted.BlindVariable + "=1"}, args...); status != 0 {
				t.Errorf("with silent oracles: status %d\n%s", status, text)
			}
		})
	}
}

// shows checks the input of a finding: it is small, and shows the bug where it is and nothing elsewhere.
func shows(t *testing.T, p *programs, bug string, r *Record, folder string) {
	t.Helper()
	input := filepath.Join(folder, "input")
	reduced, err := os.Stat(input)
	if err != nil {
		t.Fatal(err)
	}
	original, err := os.Stat(filepath.Join(folder, "original")) // if it could be reduced
	if err != nil && reduced.Size() > 64 || err == nil && reduced.Size() >= original.Size() {
		t.Errorf("%s: the input has %d bytes, and was not reduced: %v", bug, reduced.Size(), err)
	}
	if status, text := ci(t, p.planted, []string{bug}, "replay", r.Target, input); status != 1 {
		t.Errorf("%s: the finding does not show it: status %d\n%s", bug, status, text)
	}
	if status, text := ci(t, p.plain, nil, "replay", r.Target, input); status != 0 {
		t.Errorf("%s: the finding shows something without it: status %d\n%s", bug, status, text)
	}
}
