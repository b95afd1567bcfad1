package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is one running worker program.
type process struct {
	cmd     *exec.Cmd
	toWork  *os.File // requests; both ends have deadlines
	fromIt  *os.File // responses
	w       *writer
	r       *reader
	stderr  excerpt
	done    chan struct{} // closed when the process has ended
	hello   hello
	served  int
	peakRSS uint64
	retire  bool
}

// startTimeout bounds how long a worker may take to say hello; stopTimeout how long to end when asked to.
const (
	startTimeout = 60 * time.Second
	stopTimeout  = 2 * time.Second
)

// start starts a worker program and reads its hello.
func start(path string, args []string) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.Env = environment()
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = stopTimeout
	p.cmd.SysProcAttr = dieWithParent()
	theirIn, toWork, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	fromIt, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		toWork.Close()
		return nil, err
	}
	p.cmd.Stdin, p.cmd.Stdout = theirIn, theirOut
	p.toWork, p.fromIt = toWork, fromIt
	p.w, p.r = newWriter(toWork), newReader(fromIt)
	err = p.launch()
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		p.closePipes()
		return nil, fmt.Errorf("start worker: %w", err)
	}
	if err := p.greet(); err != nil {
		if status, _ := p.death(); status == exitCannot {
			return nil, &cannotError{p.stderr.String()}
		}
		return nil, fmt.Errorf("start worker %s: %w%s", path, err, p.stderr.suffix())
	}
	return p, nil
}

// cannotError is what a worker said that ended by [Cannot].
type cannotError struct{ reason string }

func (e *cannotError) Error() string { return e.reason }

// launch starts the process on a thread that lives as long as it does: the kernel counts the thread that forked as the
// parent whose death kills the child.
func (p *process) launch() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			// How it ended is in ProcessState.
			_ = p.cmd.Wait()
		}
		close(p.done)
	}()
	return <-started
}

// greet reads the hello, and the empty response after it.
func (p *process) greet() error {
	if err := p.fromIt.SetReadDeadline(time.Now().Add(startTimeout)); err != nil {
		return err
	}
	if err := p.r.receive(&p.hello); err != nil {
		return fmt.Errorf("no greeting: %w", err)
	}
	if p.hello.Protocol != protocol {
		return fmt.Errorf("it speaks version %d of the protocol, not %d; build it anew", p.hello.Protocol, protocol)
	}
	return p.r.receive(new(response))
}

// exchange sends a request and waits for the response until the deadline.
func (p *process) exchange(req *request, deadline time.Time) (*response, error) {
	if err := p.send(req, deadline); err != nil {
		return nil, err
	}
	return p.receive(context.Background(), deadline)
}

func (p *process) send(req *request, deadline time.Time) error {
	if err := p.toWork.SetWriteDeadline(deadline); err != nil {
		return err
	}
	return p.w.send(req)
}

// receive waits for a response. An interrupt that came before the deadline was set is seen in ctx, and one after it in the deadline.
func (p *process) receive(ctx context.Context, deadline time.Time) (*response, error) {
	if err := errors.Join(p.fromIt.SetReadDeadline(deadline), ctx.Err()); err != nil {
		return nil, err
	}
	res := new(response)
	if err := p.r.receive(res); err != nil {
		return nil, err
	}
	p.served++
	p.peakRSS, p.retire = res.PeakRSS, res.Retire
	return res, nil
}

// interrupt makes the exchange in progress end with os.ErrDeadlineExceeded.
func (p *process) interrupt() {
	now := time.Now()
	// If a descriptor is closed already, there is nothing left to interrupt.
	_ = p.toWork.SetWriteDeadline(now)
	_ = p.fromIt.SetReadDeadline(now)
}

// alive reports whether the process has not ended.
func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// kill ends the process at once and waits for its end.
func (p *process) kill() {
	// The only error is that the process has ended.
	_ = p.cmd.Process.Kill()
	<-p.done
	p.closePipes()
}

// stop asks the process to end by closing its input, and kills it if it does not.
func (p *process) stop() {
	p.toWork.Close()
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
	}
	p.kill()
}

func (p *process) closePipes() {
	p.toWork.Close()
	p.fromIt.Close()
}

// death waits for the end of a process whose pipe broke, and says how it ended.
func (p *process) death() (status int, message string) {
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
	}
	p.kill()
	return p.cmd.ProcessState.ExitCode(), p.cmd.ProcessState.String() + p.stderr.suffix()
}

// environment is what workers get of ours: where libraries and temporary files are. Rust engines are told not to print
// backtraces, which take a third of a second each.
func environment() []string {
	env := []string{"RUST_BACKTRACE=0"}
	for _, name := range []string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "HOME", "PATH"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
