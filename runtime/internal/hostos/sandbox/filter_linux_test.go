package sandbox

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// verdictOf runs a filter as the kernel does: the five instructions that assemble uses.
func verdictOf(t *testing.T, code []unix.SockFilter, nr, machine uint32, args [6]uint32) uint32 {
	t.Helper()
	var acc uint32
	for pc := 0; pc < len(code); pc++ {
		switch in := code[pc]; in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			switch {
			case in.K == dataNr:
				acc = nr
			case in.K == dataArch:
				acc = machine
			case in.K >= dataArgs && (in.K-dataArgs)%8 == 0 && in.K < dataArgs+48:
				acc = args[(in.K-dataArgs)/8]
			default:
				t.Fatalf("instruction %d loads %d", pc, in.K)
			}
		case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
			acc &= in.K
		case unix.BPF_JMP | unix.BPF_JA:
			pc += int(in.K)
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			if acc == in.K || in.Code == unix.BPF_JMP|unix.BPF_JGE|unix.BPF_K && acc > in.K {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		default:
			t.Fatalf("instruction %d is %#x", pc, in.Code)
		}
	}
	t.Fatal("the filter has no end")
	return 0
}

// TestFilter compares the verdicts of the filter on every number with the table, on both machines and for the other one's calls.
func TestFilter(t *testing.T) {
	const pid = 4711
	for _, network := range []bool{false, true} {
		for name, machine := range machines {
			code := assemble(machine, allowed(network), pid)
			if len(code) > unix.BPF_MAXINSNS {
				t.Errorf("the filter has %d instructions, the kernel takes %d", len(code), unix.BPF_MAXINSNS)
			}
			for nr := range uint32(1024) {
				want := uint32(unix.SECCOMP_RET_KILL_PROCESS)
				var args [6]uint32
				for c := range Calls() {
					if uint32(c.Number) != nr || c.Phase == Setup || c.Phase == Network && !network {
						continue
					}
					want = unix.SECCOMP_RET_ALLOW
					switch {
					case c.Phase == Refused:
						want = unix.SECCOMP_RET_ERRNO | uint32(c.Refusal)
					case c.Only != nil:
						args = checkOnly(t, code, machine, c, pid)
					}
				}
				if got := verdictOf(t, code, nr, machine, args); got != want {
					t.Errorf("%s, network %v: call %d gives %#x, want %#x", name, network, nr, got, want)
				}
				if got := verdictOf(t, code, nr, machine^1, args); got != unix.SECCOMP_RET_KILL_PROCESS {
					t.Errorf("%s: call %d of another machine gives %#x", name, nr, got)
				}
				if got := verdictOf(t, code, nr|x32, machine, args); got != unix.SECCOMP_RET_KILL_PROCESS {
					t.Errorf("%s: call %d of x32 gives %#x", name, nr, got)
				}
			}
		}
	}
}

// checkOnly compares the verdicts on many values of the argument that decides, and returns arguments that pass.
func checkOnly(t *testing.T, code []unix.SockFilter, machine uint32, c *Call, pid uint32) (pass [6]uint32) {
	t.Helper()
	mask, values := c.Only.Mask, c.Only.Values
	if mask == 0 {
		mask = ^uint32(0)
	}
	if c.Only.Self {
		values = []uint32{pid}
	}
	tries := append([]uint32{0, 1, 2, pid - 1, pid, pid + 1, 1 << 31, ^uint32(0), mask, ^mask}, values...)
	for bit := range 32 {
		tries = append(tries, 1<<bit, values[0]^1<<bit)
	}
	for _, v := range tries {
		want := uint32(unix.SECCOMP_RET_KILL_PROCESS)
		if c.Only.Refusal != 0 {
			want = unix.SECCOMP_RET_ERRNO | uint32(c.Only.Refusal)
		}
		if slices.Contains(values, v&mask) {
			want = unix.SECCOMP_RET_ALLOW
			pass[c.Only.Arg] = v
		}
		var args [6]uint32
		args[c.Only.Arg] = v
		if got := verdictOf(t, code, uint32(c.Number), machine, args); got != want {
			t.Errorf("%s with %#x gives %#x, want %#x", c.Name, v, got, want)
		}
	}
	return pass
}

// TestRows: every row says all that its kind must say, once.
func TestRows(t *testing.T) {
	seen := map[uintptr]string{}
	for c := range Calls() {
		if seen[c.Number] != "" {
			t.Errorf("%s and %s have the same number", c.Name, seen[c.Number])
		}
		seen[c.Number] = c.Name
		switch {
		case len(c.From) > 0 && (c.Guard == "" || c.Effects == 0 || c.Impact == "" || c.Containment == ""):
			t.Errorf("%s is reached by guests, but its row is incomplete", c.Name)
		case len(c.From) == 0 && c.Runtime == "" && c.Phase != Setup:
			t.Errorf("%s is needed by nobody", c.Name)
		case c.Phase == Setup && c.Guard == "":
			t.Errorf("%s: the row does not say what it is for", c.Name)
		case (c.Phase == Refused) != (c.Refusal != 0):
			t.Errorf("%s: an errno goes with refused calls, and only with them", c.Name)
		case c.Only != nil && (c.Only.Doc == "" || c.Only.Arg > 5 || c.Only.Self == (c.Only.Values != nil)):
			t.Errorf("%s: the condition is incomplete", c.Name)
		}
	}
}
