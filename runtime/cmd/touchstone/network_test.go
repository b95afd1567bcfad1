package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Places in a networked guest's memory: the descriptor of its connection, a number of bytes, and an address.
const (
	netFD    = 32
	netCount = 36
	netAddr  = 40
)

// The indices of what it imports.
const (
	netAccept = iota
	netWrite
	netRead
	netExit
	netOpen
	netConnect
)

// networked returns a program with the given body.
func networked(body *asm.Body) []byte {
	var m asm.Module
	m.Import(wasi.Module, "sock_accept", "iii:i")
	m.Import(wasi.Module, "fd_write", "iiii:i")
	m.Import(wasi.Module, "fd_read", "iiii:i")
	m.Import(wasi.Module, "proc_exit", "i:")
	m.Import(wasi.Module, "sock_open", "iii:i")
	m.Import(wasi.Module, "sock_connect", "iii:i")
	m.Func(startExport, "", "i", body)
	m.Memory(1, 1)
	return m.Encode()
}

// exitOnError ends the program with the errno on the stack, unless it is 0.
func exitOnError(b *asm.Body) *asm.Body {
	return b.Op(wasm.OpLocalTee, 0).Block(wasm.OpIf).Get(0).Op(wasm.OpCall, netExit).End()
}

// move calls fd_write or fd_read with n bytes at 64.
func move(b *asm.Body, call uint64, fd func(*asm.Body) *asm.Body, n int32) *asm.Body {
	b.I32(0).I32(64).Op(wasm.OpI32Store, 2, 0).I32(0).I32(n).Op(wasm.OpI32Store, 2, 4)
	return exitOnError(fd(b).I32(0).I32(1).I32(netCount).Op(wasm.OpCall, call))
}

func connection(b *asm.Body) *asm.Body { return b.I32(netFD).Op(wasm.OpI32Load, 2, 0) }

func stdout(b *asm.Body) *asm.Body { return b.I32(1) }

// server accepts one connection of descriptor 3 and writes "hi" to it.
func server() []byte {
	b := new(asm.Body).I32(64).I32('h'|'i'<<8|'\n'<<16).Op(wasm.OpI32Store, 2, 0)
	exitOnError(b.I32(3).I32(0).I32(netFD).Op(wasm.OpCall, netAccept))
	return networked(move(b, netWrite, connection, 3))
}

// client connects to a port of 127.0.0.1 and prints three bytes that it gets. Its exit status is the errno of what fails.
func client(port uint16) []byte {
	b := exitOnError(new(asm.Body).I32(1).I32(2).I32(netFD).Op(wasm.OpCall, netOpen))
	for i, word := range []int32{netAddr + 8, 4, 127 | 1<<24} {
		b.I32(int32(netAddr+4*i)).I32(word).Op(wasm.OpI32Store, 2, 0)
	}
	exitOnError(connection(b).I32(netAddr).I32(int32(port)).Op(wasm.OpCall, netConnect))
	return networked(move(move(b, netRead, connection, 3), netWrite, stdout, 3))
}

// runCommandOn returns the command, ready to run a module in dir.
func runCommandOn(t *testing.T, module []byte, flags ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guest.wasm"), module, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append(append([]string{"run", "-sandbox", quietSandbox(t), "-timeout", "30s"}, flags...), "guest.wasm")...)
	cmd.Args[0] = "touchstone" // by this name the test binary is the command, see TestMain
	cmd.Dir = dir
	return cmd
}

// TestNetwork runs a server and clients: one without the network, one with another part of it, and one that may connect.
func TestNetwork(t *testing.T) {
	srv := runCommandOn(t, server(), "-listen", "127.0.0.1:0 from 127.0.0.0/8")
	stderr, err := srv.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	defer srv.Wait()
	defer srv.Process.Kill()
	line, err := bufio.NewReader(stderr).ReadString('\n')
	match := regexp.MustCompile(`^touchstone: listening on (127\.0\.0\.1:\d+)\n$`).FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("the server says %q, %v", line, err)
	}
	addr := netip.MustParseAddrPort(match[1])
	for _, tt := range []struct {
		flags  []string
		status int
		stdout string
		stderr string
	}{
		{nil, int(wasi.ENOTCAPABLE), "", "touchstone: guest.wasm: sock_open: tcp was refused: net-protocol (-net 'allow out tcp HOST:PORTS' would allow a part of it)\n"},
		{[]string{"-net", fmt.Sprintf("allow out tcp 127.0.0.0/8:%d-%d", addr.Port()-2, addr.Port()-1)}, int(wasi.EACCES), "",
			fmt.Sprintf("touchstone: guest.wasm: sock_connect: tcp to %s was refused: net-destination (-net 'allow out tcp %s' allows it)\n", addr, addr)},
		{[]string{"-net", "allow out tcp " + addr.String()}, 0, "hi\n", ""},
	} {
		cmd := runCommandOn(t, client(addr.Port()), tt.flags...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Run() // its error is the status, which is checked below
		if got := cmd.ProcessState.ExitCode(); got != tt.status || out.String() != tt.stdout || errs.String() != tt.stderr {
			t.Errorf("%q: status %d, stdout %q, stderr %q", tt.flags, got, out.String(), errs.String())
		}
	}
	stuck := time.AfterFunc(30*time.Second, func() { srv.Process.Kill() })
	defer stuck.Stop()
	if err := srv.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
