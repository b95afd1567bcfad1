package model

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// TestEveryHostcallHasARule checks that each row of the table has one rule, and each rule a row.
func TestEveryHostcallHasARule(t *testing.T) {
	used := map[string]bool{}
	for row := range wasi.Hostcalls() {
		used[row.Name] = true
		if ruleOf(row) == nil {
			t.Errorf("%s has no rule", row.ID())
		}
	}
	for name := range rules {
		if !used[name] {
			t.Errorf("a rule for %s, which the table does not have", name)
		}
	}
}

// TestUnopened checks for each hostcall with a descriptor that one that is not open is no success, and that no other reason is needed
// for EBADF.
func TestUnopened(t *testing.T) {
	for row := range wasi.Hostcalls() {
		if len(row.Params) == 0 || !row.Params[0].Kind.IsFD() {
			continue
		}
		args := make([]uint64, len(row.Type().Params))
		args[0] = 77
		for errno, ok := range map[wasi.Errno]bool{wasi.EBADF: true, wasi.ESUCCESS: false, wasi.ECHILD: false} {
			m := make([]byte, memory)
			b := newWorld(t).m.Judge(&Outcome{Row: row, Args: args, Before: m, After: m, Errno: errno})
			if (b == nil) != ok {
				t.Errorf("%s of a closed descriptor: %v gives %v", row.ID(), errno, b)
			}
		}
	}
}

// ruleCase is a sequence that is allowed, and then an outcome that is allowed or not.
type ruleCase struct {
	name   string
	before []does
	last   does
	key    string // of the breach; empty if it is allowed
}

func runCases(t *testing.T, cases []ruleCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.allowed(c.before...)
			if c.key == "" {
				w.allowed(c.last)
			} else {
				w.refused(c.key, c.last)
			}
		})
	}
}

// TestAccessTimes: what was read has another time of access than the one that was set, also if the result lies over what was read.
func TestAccessTimes(t *testing.T) {
	set := does{call: "fd_filestat_set_times", args: []any{6, 5_000_000_000, 0, 1}}
	file, dir := []does{opens("file", 6, 0, all, 0), set}, []does{opens("dir", 6, wasi.ODirectory, all, 0), set}
	of := func(typ filetype, links, size uint64) does {
		return does{call: "fd_filestat_get", args: []any{6, out{}}, res: []any{stat(9, typ, links, size, 0)}}
	}
	lists := does{call: "fd_readdir", args: []any{6, dataAt, 40, 0, dataAt}}
	runCases(t, []ruleCase{
		{"file", file, of(regular, 1, 10), "other time"},
		{"file that was read", append(file[:2:2], reads(6, 4, "0123")), of(regular, 1, 10), ""},
		{"directory", dir, of(directory, 2, 4096), "other time"},
		{"directory that was listed", append(dir[:2:2], lists), of(directory, 2, 4096), ""},
	})
}

func seeks(fd, delta, whence int, to uint64) does {
	return does{call: "fd_seek", args: []any{fd, delta, whence, out{}}, res: []any{to}}
}

func TestFileRules(t *testing.T) {
	file := []does{opens("file", 6, 0, all, 0)}
	appending := []does{opens("file", 6, 0, all, wasi.FDAppend)}
	readOnly := []does{opens("file", 6, 0, wasi.RightFdRead|wasi.RightFdSeek|wasi.RightFdTell|wasi.RightFdFilestatGet, 0)}
	pread := func(off int, got string) does {
		return does{call: "fd_pread", args: []any{6, iov{4}, off, out{}}, out: got, res: []any{len(got)}}
	}
	pwrite := func(off int, data string) does {
		return does{call: "fd_pwrite", args: []any{6, iov{uint32(len(data))}, off, out{}}, in: data, res: []any{len(data)}}
	}
	size := func(n uint64) does {
		return does{call: "fd_filestat_get", args: []any{6, out{}}, res: []any{stat(9, regular, 1, n, 0)}}
	}
	setSize := func(n int) does { return does{call: "fd_filestat_set_size", args: []any{6, n}} }
	tell := func(off uint64) does { return does{call: "fd_tell", args: []any{6, out{}}, res: []any{off}} }
	setTimes := does{call: "fd_filestat_set_times", args: []any{6, 0, 5_000_000_000, 4}}
	mtime := func(at uint64) does {
		return does{call: "fd_filestat_get", args: []any{6, out{}}, res: []any{stat(9, regular, 1, 10, at)}}
	}
	runCases(t, []ruleCase{
		{"read", file, reads(6, 4, "0123"), ""},
		{"read less", file, reads(6, 4, "01"), ""},
		{"read other", file, reads(6, 4, "0124"), "other content"},
		{"read on", append(file[:1:1], reads(6, 4, "0123")), reads(6, 20, "456789"), ""},
		{"read again", append(file[:1:1], reads(6, 4, "0123")), reads(6, 4, "0123"), "other content"},
		{"read nothing", file, reads(6, 4, ""), "reads nothing before the end"},
		{"read beyond", file, reads(6, 20, "0123456789\x00"), "reads beyond the end"},
		{"read more than asked for", file, reads(6, 2, "0123"), "more bytes than the buffers hold"},
		{"read what is written alone", []does{opens("file", 6, 0, wasi.RightFdWrite, 0)}, reads(6, 4, "0123"), "success not allowed"},
		{"read fails for no reason", file, failing(reads(6, 4, ""), wasi.EIO), "errno not allowed"},
		{"pread", file, pread(4, "4567"), ""},
		{"pread other", file, pread(4, "0123"), "other content"},
		{"pread leaves the offset", append(file[:1:1], pread(4, "4567")), reads(6, 4, "0123"), ""},
		{"pread moves the offset", append(file[:1:1], pread(4, "4567")), reads(6, 2, "89"), "other content"},
		{"pread of a negative offset", file, pread(-1, ""), "success not allowed"},
		{"write", append(file[:1:1], writes(6, "abc"), seeks(6, 0, 0, 0)), reads(6, 5, "abc34"), ""},
		{"write lost", append(file[:1:1], writes(6, "abc"), seeks(6, 0, 0, 0)), reads(6, 5, "01234"), "other content"},
		{"write moves", append(file[:1:1], writes(6, "abc")), tell(3), ""},
		{"write to what is read alone", readOnly, writes(6, "abc"), "success not allowed"},
		{"write to what is read alone fails", readOnly, failing(writes(6, "abc"), wasi.EBADF), ""},
		{"append", append(appending[:1:1], writes(6, "abc")), size(13), ""},
		{"append lost", append(appending[:1:1], writes(6, "abc")), size(10), "other size"},
		{"append moves", append(appending[:1:1], writes(6, "abc")), tell(13), ""},
		{"pwrite", append(file[:1:1], pwrite(12, "abc")), pread(10, "\x00\x00ab"), ""},
		{"pwrite appends on Linux", append(appending[:1:1], pwrite(0, "abc")), pread(9, "9abc"), ""},
		{"pwrite elsewhere", append(file[:1:1], pwrite(12, "abc")), pread(0, "abc3"), "other content"},
		{"seek", file, seeks(6, -3, 2, 7), ""},
		{"seek other", file, seeks(6, -3, 2, 8), "other offset"},
		{"seek before the start", file, seeks(6, -11, 2, 0), "success not allowed"},
		{"seek before the start fails", file, failing(seeks(6, -11, 2, 0), wasi.EINVAL), ""},
		{"tell other", append(file[:1:1], seeks(6, 4, 0, 4)), tell(0), "other offset"},
		{"set size", append(file[:1:1], setSize(4)), size(4), ""},
		{"set size ignored", append(file[:1:1], setSize(4)), size(10), "other size"},
		{"set size of what is read alone", readOnly, setSize(4), "success not allowed"},
		{"grow by zeros", append(file[:1:1], setSize(2), setSize(6)), pread(0, "01\x00\x00"), ""},
		{"set times", append(file[:1:1], setTimes), mtime(5_000_000_000), ""},
		{"set times ignored", append(file[:1:1], setTimes), mtime(7), "other time"},
		{"input", nil, reads(0, 9, "input"), ""},
		{"other input", nil, reads(0, 9, "inpux"), "other content"},
		{"bad address", nil, does{call: "fd_tell", args: []any{6, memory}, errno: wasi.EFAULT}, ""},
		{"closed", append(file[:1:1], does{call: "fd_close", args: []any{6}}), tell(0), "success not allowed"},
		{"a number in use", file, opens("empty", 6, 0, all, 0), "gives an open descriptor"},
		{"no more numbers", file, failing(opens("empty", 7, 0, all, 0), wasi.EMFILE), "errno not allowed"},
		{"after a fault", append(file[:1:1], does{call: "fd_write", args: []any{6, iov{3}, out{}}, in: "abc", errno: wasi.EIO, fault: true}), reads(6, 4, "a123"), ""},
		{"a fault", nil, does{call: "fd_write", args: []any{1, iov{3}, out{}}, in: "abc", errno: wasi.ENOSPC, fault: true}, ""},
		{"no fault", nil, does{call: "fd_write", args: []any{1, iov{3}, out{}}, in: "abc", errno: wasi.ENOSPC}, "errno not allowed"},
	})
}

func TestDescriptorRules(t *testing.T) {
	renumber := func(from, to int) does { return does{call: "fd_renumber", args: []any{from, to}} }
	fdstat := func(fd int, typ filetype, flags int, base, inherit wasi.Rights) does {
		return does{call: "fd_fdstat_get", args: []any{fd, out{}}, res: []any{string([]byte{byte(typ), 0, byte(flags), 0, 0, 0, 0, 0}), uint64(base), uint64(inherit)}}
	}
	two := []does{opens("file", 6, 0, all, 0), opens("dir/file", 7, 0, all, 0)}
	rights := func(base, inherit wasi.Rights) does {
		return does{call: "fd_fdstat_set_rights", args: []any{3, base, inherit}}
	}
	const some = wasi.RightPathOpen | wasi.RightFdReaddir
	runCases(t, []ruleCase{
		{"renumber", append(two[:2:2], renumber(6, 7)), reads(7, 4, "0123"), ""},
		{"renumber moves nothing", append(two[:2:2], renumber(6, 7)), reads(7, 4, "x"), "other content"},
		{"renumber keeps the source", append(two[:2:2], renumber(6, 7)), reads(6, 4, "0123"), "success not allowed"},
		{"renumber of what is closed", two, renumber(9, 7), "success not allowed"},
		{"renumber to what is closed", two, renumber(6, 9), ""},
		{"fdstat", two, fdstat(6, regular, 0, fileAlways, 0), ""},
		{"fdstat of another type", two, fdstat(6, directory, 0, fileAlways, 0), "other type"},
		{"fdstat of other flags", two, fdstat(6, regular, 1, fileAlways, 0), "other flags"},
		{"fdstat of too many rights", two, fdstat(6, regular, 0, fileAlways|wasi.RightPathOpen, 0), "other rights"},
		{"fdstat of too few rights", two, fdstat(6, regular, 0, fileAlways&^wasi.RightFdRead, 0), "other rights"},
		{"rights of a directory", nil, fdstat(3, directory, 0, dirPossible, all), ""},
		{"rights given up", []does{rights(some, wasi.RightFdRead)}, fdstat(3, directory, 0, some, wasi.RightFdRead), ""},
		{"rights not given up", []does{rights(some, wasi.RightFdRead)}, fdstat(3, directory, 0, dirAlways, all), "other rights"},
		{"rights added", []does{rights(some, wasi.RightFdRead)}, rights(dirAlways, all), "success not allowed"},
		{"a right that was given up", []does{rights(some, all)}, does{call: "path_create_directory", args: []any{3, "new"}}, "success not allowed"},
		{"a right that is not handed on", []does{rights(some, wasi.RightFdRead)}, opens("file", 6, 0, wasi.RightFdRead|wasi.RightFdWrite, 0), "success not allowed"},
		{"a right that is not inherited", []does{rights(some, wasi.RightFdRead), opens("file", 6, 0, wasi.RightFdRead, 0)},
			fdstat(6, regular, 0, wasi.RightFdRead|wasi.RightFdSeek, 0), "other rights"},
		{"prestat", nil, does{call: "fd_prestat_get", args: []any{4, out{}}, res: []any{0, 6}}, ""},
		{"prestat of another length", nil, does{call: "fd_prestat_get", args: []any{4, out{}}, res: []any{0, 7}}, "other preopen"},
		{"prestat of a file", two, does{call: "fd_prestat_get", args: []any{6, out{}}, res: []any{0, 6}}, "success not allowed"},
		{"name", nil, does{call: "fd_prestat_dir_name", args: []any{4, buf(6)}, out: "frozen"}, ""},
		{"other name", nil, does{call: "fd_prestat_dir_name", args: []any{4, buf(6)}, out: "frozeN"}, "other preopen"},
		{"name in a short buffer", nil, does{call: "fd_prestat_dir_name", args: []any{4, buf(3)}, out: "fro"}, "success not allowed"},
		{"append set", append(two[:2:2], does{call: "fd_fdstat_set_flags", args: []any{6, 1}}, writes(6, "abc")),
			does{call: "fd_tell", args: []any{6, out{}}, res: []any{uint64(3)}}, "other offset"},
	})
}

func TestProcessRules(t *testing.T) {
	args := func(data string) does {
		return does{call: "args_get", args: []any{resultAt, dataAt}, out: data, res: []any{dataAt, dataAt + 6}}
	}
	clock := func(id int, at uint64) does {
		return does{call: "clock_time_get", args: []any{id, 0, out{}}, res: []any{at}}
	}
	sub := string([]byte{7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}) // the monotonic clock, for userdata 7
	event := func(userdata, errno, typ byte) string {
		return string([]byte{userdata, 0, 0, 0, 0, 0, 0, 0, errno, 0, typ})
	}
	poll := func(event string, n int) does {
		return does{call: "poll_oneoff", args: []any{dataAt, dataAt + 0x100, 1, out{}}, in: sub, out: sub + string(make([]byte, 0x100-len(sub))) + event, res: []any{n}}
	}
	runCases(t, []ruleCase{
		{"arguments", nil, args("guest\x00-x\x00"), ""},
		{"other arguments", nil, args("guest\x00-y\x00"), "other string"},
		{"sizes", nil, does{call: "environ_sizes_get", args: []any{resultAt, resultAt + 4}, res: []any{1, 4}}, ""},
		{"other sizes", nil, does{call: "environ_sizes_get", args: []any{resultAt, resultAt + 4}, res: []any{1, 5}}, "other sizes"},
		{"time", []does{clock(1, 5)}, clock(1, 5), ""},
		{"time goes back", []does{clock(1, 5)}, clock(1, 4), "a clock goes back"},
		{"realtime goes back", []does{clock(0, 5)}, clock(0, 4), ""},
		{"no clock", nil, clock(9, 5), "success not allowed"},
		{"poll", nil, poll(event(7, 0, 0), 1), ""},
		{"poll: no event", nil, poll(event(7, 0, 0), 0), "other number of events"},
		{"poll: other userdata", nil, poll(event(8, 0, 0), 1), "an event of no subscription"},
		{"poll: other type", nil, poll(event(7, 0, 1), 1), "an event of no subscription"},
		{"poll: other errno", nil, poll(event(7, 8, 0), 1), "an event of no subscription"},
		{"random fails", nil, does{call: "random_get", args: []any{buf(4)}, errno: wasi.EIO}, "errno not allowed"},
		{"exit returns", nil, does{call: "proc_exit", args: []any{3}}, "success not allowed"},
		{"a signal that is ignored", nil, does{call: "proc_raise", args: []any{16}}, ""},
		{"a signal that ends", nil, does{call: "proc_raise", args: []any{15}}, "success not allowed"},
		{"a bad bit", nil, does{call: "path_open", args: []any{3, 2, "file", 0, 0, 0, 0, out{}}, res: []any{6}}, "success not allowed"},
	})
	for status, key := range map[uint32]string{3: "", 4: "other exit status"} {
		w := newWorld(t)
		o := w.outcome(does{call: "proc_exit", args: []any{3}})
		o.Exited, o.Status = true, status
		if b := w.m.Judge(o); b == nil && key != "" || b != nil && b.Key != key {
			t.Errorf("proc_exit(3) with the status %d: %v", status, b)
		}
	}
	w := newWorld(t)
	o := w.outcome(does{call: "sched_yield"})
	o.Exited = true
	if b := w.m.Judge(o); b == nil || b.Key != "ends the guest" {
		t.Errorf("sched_yield that ends the guest: %v", b)
	}
}

func TestSocketRules(t *testing.T) {
	socket := func(typ, fd int) does {
		return does{call: "sock_open.wasmedge", args: []any{1, typ, out{}}, res: []any{fd}}
	}
	listen := does{call: "sock_listen.wasmedge", args: []any{6, 4}}
	accept := func(fd int) does { return does{call: "sock_accept", args: []any{fd, 0, out{}}, res: []any{8}} }
	send := does{call: "sock_send", args: []any{6, iov{3}, 0, out{}}, in: "abc", res: []any{3}}
	runCases(t, []ruleCase{
		{"accept", nil, accept(5), ""},
		{"accept on what does not listen", []does{socket(2, 6)}, accept(6), "success not allowed"},
		{"accept on a file", []does{opens("file", 6, 0, all, 0)}, accept(6), "success not allowed"},
		{"accept on a file fails", []does{opens("file", 6, 0, all, 0)}, failing(accept(6), wasi.ENOTSOCK), ""},
		{"listen unbound", []does{socket(2, 6)}, listen, "success not allowed"},
		{"send unconnected", []does{socket(2, 6)}, send, "success not allowed"},
		{"send on a connection", []does{{call: "sock_accept", args: []any{5, 0, out{}}, res: []any{6}}}, send, ""},
		{"a socket of a number in use", []does{socket(2, 6)}, socket(1, 6), "gives an open descriptor"},
		{"shutdown of nothing", []does{socket(2, 6)}, does{call: "sock_shutdown", args: []any{6, 1}}, "success not allowed"},
	})
}
