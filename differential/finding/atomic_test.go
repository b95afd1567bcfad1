package finding

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The tests run themselves as a process that saves findings without end, or with files that may have so many bytes.
const (
	saverEnv = "TOUCHSTONE_TEST_SAVER"
	limitEnv = "TOUCHSTONE_TEST_FILE_LIMIT"
)

func TestMain(m *testing.M) {
	root := os.Getenv(saverEnv)
	if root == "" {
		os.Exit(m.Run())
	}
	if err := saver(root, os.Getenv(limitEnv)); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// saver saves findings, each again and again with another title, and says which were saved, each time.
func saver(root, limit string) error {
	if limit != "" {
		signal.Ignore(syscall.SIGXFSZ)
		n := uint64(0)
		if _, err := fmt.Sscan(limit, &n); err != nil {
			return err
		}
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	for i := 0; ; i++ {
		f := numbered(i % 5)
		f.Title = fmt.Sprint("round ", i)
		if err := f.Save(root); err != nil {
			return err
		}
		fmt.Println(f.ID, i)
	}
}

// numbered returns a finding of its own for each number, with some files.
func numbered(i int) *Finding {
	f := example()
	f.Module = append(f.Module, 0, 2, 1, byte(i)) // a custom section
	f.ID = ModuleID(f.Module)
	f.Files = map[string][]byte{"results.json": bytes.Repeat([]byte{'x'}, 100<<10), "difference.txt": []byte("d")}
	return f
}

func self(t *testing.T, env ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// whole loads all findings and makes sure that nothing else is left.
func whole(t *testing.T, root string) map[string]*Finding {
	t.Helper()
	if err := Recover(root); err != nil {
		t.Fatal(err)
	}
	list, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*Finding{}
	for _, f := range list {
		byID[f.ID] = f
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != len(list) {
		t.Fatalf("%d findings in %v, %v", len(list), entries, err)
	}
	return byID
}

// TestKilled: a process that saves findings is killed at random moments. What it said was saved is there, whole and not older, and
// nothing else is; the next process goes on.
func TestKilled(t *testing.T) {
	root := t.TempDir()
	const rounds = 12
	for range rounds {
		cmd := self(t, saverEnv+"="+root)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(20+rand.IntN(120))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		said, err := io.ReadAll(out)
		timer.Stop()
		_ = cmd.Wait() // killed
		if err != nil {
			t.Fatal(err)
		}
		saved := map[string]int{}
		for line := range strings.Lines(string(said)) {
			var id string
			var n int
			if _, err := fmt.Sscan(line, &id, &n); err == nil && strings.HasSuffix(line, "\n") {
				saved[id] = n
			}
		}
		found := whole(t, root)
		for id, n := range saved {
			round := -1
			if f := found[id]; f != nil {
				if _, err := fmt.Sscanf(f.Title, "round %d", &round); err != nil {
					t.Fatal(err)
				}
			}
			if round < n {
				t.Fatalf("%s was saved in round %d and is of round %d", id, n, round)
			}
		}
	}
	if found := whole(t, root); len(found) == 0 {
		t.Error("nothing was ever saved: the process was killed too soon to show anything")
	}
}

// TestFull: where a file cannot be written to its end, the finding that was there stays, and nothing half-written does.
func TestFull(t *testing.T) {
	root := t.TempDir()
	before := numbered(0)
	if err := before.Save(root); err != nil {
		t.Fatal(err)
	}
	out, err := self(t, saverEnv+"="+root, limitEnv+"=50000").Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(out), "file too large") {
		t.Fatalf("the process did not meet the limit: %v, %q", err, out)
	}
	if found := whole(t, root); len(found) != 1 || found[before.ID].Title != before.Title {
		t.Errorf("found %v", found)
	}
}

// TestDiskFull: the same on a file system that is full.
func TestDiskFull(t *testing.T) {
	root := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	unmount, err := mountTiny(root, 200<<10)
	if err != nil {
		t.Skipf("no file system of 200 KiB can be mounted here: %v", err)
	}
	defer unmount()
	if err := numbered(0).Save(root); err != nil {
		t.Fatal(err)
	}
	if err := numbered(1).Save(root); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	again := numbered(0)
	again.Title = "changed"
	if err := again.Save(root); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if found := whole(t, root); len(found) != 1 || found[again.ID].Title == "changed" {
		t.Errorf("found %v", found)
	}
}

// TestRecover: each state in which a process can leave a folder is mended, and those of processes that are alive are left alone.
func TestRecover(t *testing.T) {
	cmd := self(t, "GORACE=")
	cmd.Args = append(cmd.Args, "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	dead := cmd.Process.Pid
	root := t.TempDir()
	for _, name := range []string{
		fmt.Sprintf("%s%d-aaa-123", newPrefix, dead), fmt.Sprintf("%s%d-bbb", oldPrefix, dead), fmt.Sprintf("%s%d-ccc", oldPrefix, dead), "ccc",
		fmt.Sprintf("%s%d-ddd-9", newPrefix, os.Getpid()), ".git", newPrefix + "x",
	} {
		if err := os.MkdirAll(filepath.Join(root, name, "deep"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := Recover(root); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := fmt.Sprintf(".git %s%d-ddd-9 %sx bbb ccc", newPrefix, os.Getpid(), newPrefix)
	if got := strings.Join(names, " "); got != want {
		t.Errorf("left %q, want %q", got, want)
	}
}
