package leash

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// role makes the test binary one of the processes of the test.
const role = "TOUCHSTONE_LEASH_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "holder":
		hold()
	case "follower":
		Follow()
		fmt.Println(os.Getpid())
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

// hold starts a shell that starts a follower, and waits for it.
func hold() {
	end, letGo, err := Hold()
	if err != nil {
		panic(err)
	}
	defer letGo()
	cmd := exec.Command("/bin/sh", "-c", os.Args[0]+"; true")
	cmd.Env = append(os.Environ(), role+"=follower", Variable+"=1")
	cmd.ExtraFiles = []*os.File{end}
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		panic(err)
	}
}

// TestFollow: a process ends when the one that holds it is killed, though there is a shell between them.
func TestFollow(t *testing.T) {
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), role+"=holder")
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("it ends by itself: %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	for end := time.Now().Add(20 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not end with the process that holds it")
		}
	}
}
