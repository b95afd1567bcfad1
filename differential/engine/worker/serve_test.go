package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// This test binary is a worker too, and a driver of one, if its first argument says so.
const (
	asWorker = "as-worker"
	asDriver = "as-driver"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asWorker:
			Serve(&Program{
				Name:       asWorker,
				Features:   engine.Features{Interrupt: len(os.Args) > 2},
				Accepts:    func(module []byte) bool { return string(module) == string(Probes[1].Module) },
				NewGuest:   func() engine.Guest { return misbehaved{} },
				NewSubject: func() (timing.Subject, error) { return timed{}, nil },
			})
		case asDriver:
			drive()
			return
		}
	}
	os.Exit(m.Run())
}

// misbehaved is an engine whose compiler does what the module says; all else it inherits from nobody.
type misbehaved struct{ engine.Guest }

func (misbehaved) Close() {}

func (misbehaved) Compile(module []byte) error {
	switch string(module) {
	case "hang":
		select {}
	case "panic":
		panic("misbehaved")
	case "exit":
		fmt.Fprintln(os.Stderr, "last words")
		os.Exit(5)
	case "print":
		fmt.Println("this must not get into the protocol")
		n, err := os.Stdin.Read(make([]byte, 10))
		if n != 0 || err != io.EOF {
			return fmt.Errorf("standard input gave %d bytes, %v", n, err)
		}
	case "hog":
		for hoard := [][]byte{}; ; {
			block := make([]byte, 64<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			hoard = append(hoard, block)
			time.Sleep(time.Millisecond)
			if len(hoard) > 200 {
				return errors.New("nobody stopped it")
			}
		}
	}
	return errors.New("refused")
}

// timed is misbehaved as it is timed: a kernel computes its argument plus one, unless the module says otherwise.
type timed struct{}

func (timed) Close() {}

func (timed) Compile(k *timing.Kernel) (timing.Module, error) {
	if string(k.Module) != "good" {
		return nil, misbehaved{}.Compile(k.Module)
	}
	return timing.Uncompiled(func() (timing.Instance, error) { return successor{}, nil }), nil
}

type successor struct{}

func (successor) Close() {}

// Call ends the worker for one argument.
func (successor) Call(arg uint32) (uint32, error) {
	if arg == 99 {
		os.Exit(5)
	}
	return arg + 1, nil
}

// TestTimer times a kernel before and after each kind of misbehaviour.
func TestTimer(t *testing.T) {
	e := openMisbehaved(t)
	good := func() {
		t.Helper()
		if err := e.Prepare(t.Context(), &timing.Kernel{Module: []byte("good")}); err != nil {
			t.Fatal(err)
		}
		for _, b := range []timing.Batch{{Arg: 41, Calls: 10}, {Arg: 41, Calls: 10, Step: timing.Whole}} {
			if s, err := e.Time(t.Context(), b); err != nil || s.Result != 42 || s.Wall <= 0 {
				t.Errorf("%+v: sample %+v, error %v", b, s, err)
			}
		}
	}
	good()
	// In any order: a worker that printed for one kernel has that before its last words for another.
	for module, want := range map[string]string{"nothing": "refused", "panic": "panic: misbehaved", "exit": "last words", "print": "refused"} {
		if err := e.Prepare(t.Context(), &timing.Kernel{Module: []byte(module)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", module, err, want)
		}
		if _, err := e.Time(t.Context(), timing.Batch{Calls: 1}); err == nil {
			t.Errorf("%s: a batch of a kernel that was not prepared", module)
		}
		good()
	}
	if _, err := e.Time(t.Context(), timing.Batch{Arg: 99, Calls: 1}); err == nil || !strings.Contains(err.Error(), "crash: exit status 5") {
		t.Errorf("error %v, want a crash", err)
	}
	good()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Prepare(ctx, &timing.Kernel{Module: []byte("hang")}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
	good()
	if res, err := e.Run(t.Context(), &engine.Job{Module: []byte("nothing")}); err != nil || res.Stage != engine.StageRejected {
		t.Errorf("a job between kernels: %+v, %v", res, err)
	}
}

func openMisbehaved(t *testing.T, args ...string) *Engine {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(Variable(asWorker), self)
	e, err := Open(context.Background(), Spec{Name: asWorker, Args: append([]string{asWorker}, args...), Recycle: 100, Identity: Identity{false, true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e.(*Engine)
}

// TestMisbehaviour runs each kind of misbehaviour with a well-behaved job before and after it.
func TestMisbehaviour(t *testing.T) {
	e := openMisbehaved(t)
	run := func(module string) *engine.Result {
		t.Helper()
		job := &engine.Job{Module: []byte(module), Timeout: 400 * time.Millisecond}
		if module == "hog" {
			job.MaxMemory, job.Timeout = wasm.PageSize, 20*time.Second
		}
		res, err := e.Run(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	for _, c := range []struct {
		module, message string
		stage           engine.Stage
	}{
		{"nothing", "refused", engine.StageRejected},
		{"hang", "no answer", engine.StageHang},
		{"panic", "panic: misbehaved", engine.StageCrash},
		{"exit", "exit status 5: last words", engine.StageCrash},
		{"print", "refused", engine.StageRejected},
		{"hog", "MiB resident, at most", engine.StageLimit},
	} {
		t.Run(c.module, func(t *testing.T) {
			if c.module == "hog" && testing.Short() {
				t.Skip("takes more than a GiB of memory: left out by -short")
			}
			if res := run(c.module); res.Stage != c.stage || !strings.Contains(res.Message, c.message) {
				t.Errorf("stage %q, message %q; want %q, %q", res.Stage, res.Message, c.stage, c.message)
			}
			if res := run("nothing"); res.Stage != engine.StageRejected {
				t.Errorf("afterwards: stage %q, message %q", res.Stage, res.Message)
			}
		})
	}
}

// drive is a driver that says the worker's process number and is killed in the middle of a job.
func drive() {
	self, err := os.Executable()
	if err == nil {
		err = os.Setenv(Variable(asWorker), self)
	}
	var e engine.Engine
	if err == nil {
		// The worker has a minute of grace, so that nothing but its parent's death ends it.
		e, err = Open(context.Background(), Spec{Name: asWorker, Args: []string{asWorker}, Recycle: 100, Identity: Identity{false, true}})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(e.(*Engine).proc.Load().cmd.Process.Pid)
	res, err := e.Run(context.Background(), &engine.Job{Module: []byte("hang"), Timeout: time.Minute})
	fmt.Println(res, err)
}

// TestWorkerDiesWithDriver kills a driver in the middle of a job; its worker must not live on.
func TestWorkerDiesWithDriver(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, asDriver)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, convErr := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || convErr != nil {
		t.Fatalf("the driver said %q, %v", line, err)
	}
	time.Sleep(100 * time.Millisecond) // the job has begun
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the worker is not there: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	for range 100 {
		if dead(pid) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("worker %d lives on", pid)
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// dead reports whether a process has ended; one that nobody waited for is a zombie, which is dead enough.
func dead(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}
