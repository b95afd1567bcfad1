package sandbox

import (
	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The effects that several rows share.
const (
	use   = policy.OpSet(1 << policy.FdUse)
	fills = use | 1<<policy.WriteMem
	takes = use | 1<<policy.ReadMem
	named = policy.OpSet(1<<policy.PathAt | 1<<policy.ReadMem)
	shown = named | 1<<policy.WriteMem
	sock  = use
)

// What several rows say.
const (
	ownFD      = "the descriptor is the guest's and has the right"
	oneName    = "the parent was resolved beneath the preopen; one component, no slash, no NUL"
	buffers    = ownFD + "; at most 1024 buffers, each inside the memory"
	atOffset   = buffers + "; the offset is not negative"
	elsewhere  = "Landlock: nothing outside the granted trees, and nothing in them beyond their access"
	notByName  = "none: Landlock does not know metadata"
	ownAlready = "only descriptors that the process has: the granted ones"
)

// calls is the table of the system calls of a guest's process: those that hostcalls make, then those of the Go runtime, then those
// that build the sandbox. The frequent ones stand first, as the filter looks through them in this order.
var calls = [...]Call{
	// Reading, writing and waiting.
	{Name: "read", Number: unix.SYS_READ, From: []string{"fd_read"}, Runtime: "reads the descriptor that wakes its poller",
		Guard: buffers, Effects: fills, Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "write", Number: unix.SYS_WRITE, From: []string{"fd_write"}, Runtime: "wakes its poller, prints the texts of crashes; the trace",
		Guard: buffers, Effects: takes, Impact: "host memory is disclosed; the disk is filled", Containment: ownAlready},
	{Name: "readv", Number: unix.SYS_READV, From: []string{"fd_read"}, Guard: buffers, Effects: fills,
		Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "writev", Number: unix.SYS_WRITEV, From: []string{"fd_write"}, Guard: buffers, Effects: takes,
		Impact: "host memory is disclosed; the disk is filled", Containment: ownAlready},
	{Name: "pread64", Number: unix.SYS_PREAD64, From: []string{"fd_pread"}, Runtime: "reads the limits of its control group again",
		Guard: atOffset, Effects: fills, Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "preadv", Number: unix.SYS_PREADV, From: []string{"fd_pread"}, Guard: atOffset, Effects: fills,
		Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "pwrite64", Number: unix.SYS_PWRITE64, From: []string{"fd_pwrite"}, Guard: atOffset, Effects: takes,
		Impact: "host memory is disclosed; the disk is filled", Containment: ownAlready},
	{Name: "pwritev", Number: unix.SYS_PWRITEV, From: []string{"fd_pwrite"}, Guard: atOffset, Effects: takes,
		Impact: "host memory is disclosed; the disk is filled", Containment: ownAlready},
	{Name: "lseek", Number: unix.SYS_LSEEK, From: []string{"fd_seek", "fd_tell", "fd_readdir", "poll_oneoff"},
		Guard: ownFD + "; the base is one of three", Effects: use, Impact: "an offset that is shared with others moves", Containment: ownAlready},
	{Name: "ppoll", Number: unix.SYS_PPOLL, From: []string{"poll_oneoff", "fd_read", "fd_write", "sock_*"},
		Guard:   "each descriptor is the guest's; at most 4096 subscriptions; the count is that of the array; waits in slices of 10 ms",
		Effects: use | 1<<policy.Sleep, Impact: "the host hangs; the kernel overwrites host memory", Containment: "-timeout and Ctrl-C end the process"},
	{Name: "fstat", Number: unix.SYS_FSTAT, From: []string{"fd_filestat_get", "fd_readdir", "path_open", "path_filestat_get", "path_readlink", "poll_oneoff", "sock_*"},
		Guard: ownFD + "; the result is inside the memory", Effects: fills, Impact: "metadata of a file of the host is shown", Containment: ownAlready},

	// Files by name.
	{Name: "openat2", Number: unix.SYS_OPENAT2, From: []string{"path_*"},
		Guard:   "RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS; relative, UTF-8, no NUL, shorter than 4096 bytes; the access is granted by the preopen",
		Effects: named | 1<<policy.FdOpen, Impact: "any file of the host is read or written", Containment: elsewhere},
	{Name: "openat", Number: unix.SYS_OPENAT, From: []string{"path_*"}, Runtime: "reads settings of the host",
		Guard:   "where openat2 does not exist, and for path_filestat_set_times: one component, O_NOFOLLOW, .. and links are resolved by hostos; devices are refused after fstat",
		Effects: named | 1<<policy.FdOpen, Impact: "any file of the host is read or written", Containment: elsewhere},
	{Name: "close", Number: unix.SYS_CLOSE, From: []string{"fd_close", "fd_renumber", "path_*", "sock_*"}, Runtime: "closes files that it read",
		Guard: "the descriptor is the guest's, and out of its table before it is closed", Effects: 1 << policy.FdClose,
		Impact: "a number is used again by another, and the guest still has it", Containment: "none"},
	{Name: "newfstatat", Number: unix.SYS_NEWFSTATAT, From: []string{"path_*"},
		Guard: oneName + "; AT_SYMLINK_NOFOLLOW. Besides, the null device is looked up by its fixed name", Effects: shown,
		Impact: "existence and metadata of files of the host are shown", Containment: notByName},
	{Name: "readlinkat", Number: unix.SYS_READLINKAT, From: []string{"path_*"},
		Guard: oneName + "; absolute targets are not shown. Besides, path_open asks for the name of its own descriptor in /proc", Effects: shown,
		Impact: "names of files of the host are shown", Containment: notByName},
	{Name: "getdents64", Number: unix.SYS_GETDENTS64, From: []string{"fd_readdir"},
		Guard: ownFD + "; goes through a buffer of 32 KiB of the host's", Effects: fills, Impact: "memory of the host is used up", Containment: ownAlready},
	{Name: "fstatfs", Number: unix.SYS_FSTATFS, From: []string{"path_open"},
		Guard: "the descriptor was just opened; tells files of /proc from others. Besides, preopens are asked about before the guest runs", Effects: named, Impact: "files of processes are opened", Containment: ownAlready},
	{Name: "mkdirat", Number: unix.SYS_MKDIRAT, From: []string{"path_create_directory"}, Guard: oneName, Effects: named,
		Impact: "directories are made outside", Containment: elsewhere},
	{Name: "unlinkat", Number: unix.SYS_UNLINKAT, From: []string{"path_remove_directory", "path_unlink_file"}, Guard: oneName, Effects: named,
		Impact: "files are removed outside", Containment: elsewhere},
	{Name: "renameat", Number: unix.SYS_RENAMEAT, From: []string{"path_rename"},
		Guard: "of both ends: " + oneName + "; the access of both preopens", Effects: named, Impact: "files are moved out, in or over others", Containment: elsewhere},
	{Name: "linkat", Number: unix.SYS_LINKAT, From: []string{"path_link"},
		Guard: "of both ends: " + oneName + "; the access of both preopens; no link is followed", Effects: named,
		Impact: "a file of the host gets a name that the guest can open", Containment: elsewhere},
	{Name: "symlinkat", Number: unix.SYS_SYMLINKAT, From: []string{"path_symlink"}, Guard: oneName + "; the target is relative and has no NUL",
		Effects: named, Impact: "a link is left for others to follow", Containment: elsewhere},
	{Name: "utimensat", Number: unix.SYS_UTIMENSAT, From: []string{"path_filestat_set_times", "fd_filestat_set_times"},
		Guard: oneName + "; AT_SYMLINK_NOFOLLOW; or on a descriptor of the guest's", Effects: named | use,
		Impact: "times of files of the host are changed", Containment: notByName},

	// Files by descriptor.
	{Name: "ftruncate", Number: unix.SYS_FTRUNCATE, From: []string{"fd_filestat_set_size"}, Guard: ownFD + "; the size is not negative", Effects: use,
		Impact: "content is lost; the disk is filled", Containment: "Landlock: files opened for it in the granted trees"},
	{Name: "fsync", Number: unix.SYS_FSYNC, From: []string{"fd_sync"}, Guard: ownFD, Effects: use, Impact: "the disk is kept busy", Containment: ownAlready},
	{Name: "fdatasync", Number: unix.SYS_FDATASYNC, From: []string{"fd_datasync"}, Guard: ownFD, Effects: use,
		Impact: "the disk is kept busy", Containment: ownAlready},
	{Name: "fadvise64", Number: unix.SYS_FADVISE64, From: []string{"fd_advise"}, Guard: ownFD + "; the advice is one of six", Effects: use,
		Impact: "none: it is a hint", Containment: ownAlready},
	{Name: "fcntl", Number: unix.SYS_FCNTL, From: []string{"fd_fdstat_set_flags", "sock_*"}, Runtime: "makes descriptors of its poller non-blocking",
		Guard: ownFD + ", and it was opened for this guest alone", Effects: use, Impact: "flags of a stream that is shared with others change",
		Containment: ownAlready, Only: &Only{Arg: 1, Values: []uint32{unix.F_GETFL, unix.F_SETFL, unix.F_GETFD, unix.F_SETFD, unix.F_DUPFD_CLOEXEC},
			Doc: "cmd is F_GETFL, F_SETFL, F_GETFD, F_SETFD or F_DUPFD_CLOEXEC"}},
	{Name: "getrandom", Number: unix.SYS_GETRANDOM, From: []string{"random_get"}, Runtime: "seeds its hash tables",
		Guard: "the buffer is inside the memory; filled in parts of 64 KiB, all of it", Effects: 1<<policy.Random | 1<<policy.WriteMem,
		Impact: "weak keys; the host is kept busy", Containment: "-timeout"},

	// Sockets.
	{Name: "socket", Number: unix.SYS_SOCKET, Phase: Network, From: []string{"sock_*"}, Guard: "family and type are those of the ABI", Effects: 1<<policy.SockCreate | 1<<policy.SockOpen,
		Impact: "sockets of other families reach other parts of the host", Containment: "seccomp: the family",
		Only: &Only{Values: []uint32{unix.AF_INET, unix.AF_INET6}, Refusal: unix.EAFNOSUPPORT, Doc: "domain is AF_INET or AF_INET6"}},
	{Name: "connect", Number: unix.SYS_CONNECT, Phase: Network, From: []string{"sock_*"}, Guard: "a rule of the policy allows the address", Effects: sock | 1<<policy.NetConnect,
		Impact: "services that trust the host are reached; data leaves", Containment: "none"},
	{Name: "bind", Number: unix.SYS_BIND, Phase: Network, From: []string{"sock_*"}, Guard: "a rule of the policy allows the address", Effects: sock | 1<<policy.NetBind,
		Impact: "a port of the host is taken", Containment: "none"},
	{Name: "listen", Number: unix.SYS_LISTEN, Phase: Network, From: []string{"sock_*"}, Guard: ownFD, Effects: sock | 1<<policy.NetListen,
		Impact: "others reach the guest", Containment: "none"},
	{Name: "accept4", Number: unix.SYS_ACCEPT4, Phase: Network, From: []string{"sock_*"}, Guard: ownFD + "; a rule of the policy allows the peer",
		Effects: sock | 1<<policy.SockOpen, Impact: "others reach the guest", Containment: "none"},
	{Name: "sendmsg", Number: unix.SYS_SENDMSG, Phase: Network, From: []string{"sock_*", "fd_write"}, Guard: buffers + "; a rule of the policy allows the address; no control data",
		Effects: takes | 1<<policy.NetSend, Impact: "host memory is disclosed; data leaves", Containment: "none"},
	{Name: "recvmsg", Number: unix.SYS_RECVMSG, Phase: Network, From: []string{"sock_*", "fd_read"}, Guard: buffers + "; no control data", Effects: fills | 1<<policy.NetReceive,
		Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "shutdown", Number: unix.SYS_SHUTDOWN, Phase: Network, From: []string{"sock_*"}, Guard: ownFD, Effects: sock,
		Impact: "a connection of another ends", Containment: ownAlready},
	{Name: "getsockopt", Number: unix.SYS_GETSOCKOPT, Phase: Network, From: []string{"sock_*", "fd_read", "fd_write"}, Guard: ownFD + "; options of a list", Effects: fills,
		Impact: "host memory is overwritten", Containment: ownAlready},
	{Name: "setsockopt", Number: unix.SYS_SETSOCKOPT, Phase: Network, From: []string{"sock_*"}, Guard: ownFD + "; options of a list", Effects: takes,
		Impact: "traffic of others is seen", Containment: ownAlready},
	{Name: "getsockname", Number: unix.SYS_GETSOCKNAME, Phase: Network, From: []string{"sock_*"}, Guard: ownFD, Effects: fills,
		Impact: "an address of the host is shown", Containment: ownAlready},
	{Name: "getpeername", Number: unix.SYS_GETPEERNAME, Phase: Network, From: []string{"sock_*"}, Guard: ownFD, Effects: fills | 1<<policy.NetPeer,
		Impact: "an address of a peer is shown", Containment: ownAlready},

	// The Go runtime: threads, memory, time, signals, its poller.
	{Name: "futex", Number: unix.SYS_FUTEX, Runtime: "locks"},
	{Name: "nanosleep", Number: unix.SYS_NANOSLEEP, Runtime: "its monitor's pauses"},
	{Name: "sched_yield", Number: unix.SYS_SCHED_YIELD, Runtime: "locks"},
	{Name: "epoll_pwait", Number: unix.SYS_EPOLL_PWAIT, Runtime: "timers and streams that are no files"},
	{Name: "epoll_ctl", Number: unix.SYS_EPOLL_CTL, Runtime: "streams that are no files"},
	{Name: "epoll_create1", Number: unix.SYS_EPOLL_CREATE1, Runtime: "makes its poller"},
	{Name: "eventfd2", Number: unix.SYS_EVENTFD2, Runtime: "makes its poller"},
	{Name: "clock_gettime", Number: unix.SYS_CLOCK_GETTIME, From: []string{"clock_time_get", "poll_oneoff"}, Runtime: "where the vDSO has no clock",
		Guard: "the clock is one of two", Effects: 1<<policy.Clock | 1<<policy.WriteMem, Impact: "none: clocks are for all", Containment: "none"},
	{Name: "madvise", Number: unix.SYS_MADVISE, Runtime: "gives memory back"},
	{Name: "mmap", Number: unix.SYS_MMAP, Runtime: "takes memory", Impact: "code of the guest's choice is executed", Containment: "seccomp: no executable memory",
		Only: &Only{Arg: 2, Mask: unix.PROT_EXEC, Values: []uint32{0}, Doc: "prot is without PROT_EXEC"}},
	{Name: "mprotect", Number: unix.SYS_MPROTECT, Runtime: "guards memory", Impact: "code of the guest's choice is executed",
		Containment: "seccomp: no executable memory", Only: &Only{Arg: 2, Mask: unix.PROT_EXEC, Values: []uint32{0}, Doc: "prot is without PROT_EXEC"}},
	{Name: "munmap", Number: unix.SYS_MUNMAP, Runtime: "gives memory back"},
	{Name: "mincore", Number: unix.SYS_MINCORE, Runtime: "finds the size of pages"},
	{Name: "clone", Number: unix.SYS_CLONE, Runtime: "makes threads", Impact: "further processes, outside of -timeout", Containment: "seccomp: threads only",
		Only: &Only{Arg: 0, Mask: unix.CLONE_THREAD | unix.CLONE_NEWUSER, Values: []uint32{unix.CLONE_THREAD}, Doc: "flags have CLONE_THREAD and no new namespace"}},
	{Name: "clone3", Number: unix.SYS_CLONE3, Phase: Refused, Refusal: unix.ENOSYS,
		Runtime: "made by C libraries, which go on with clone: a filter cannot see what clone3 is asked for"},
	{Name: "set_robust_list", Number: unix.SYS_SET_ROBUST_LIST, Runtime: "made by C libraries in new threads"},
	{Name: "rseq", Number: unix.SYS_RSEQ, Runtime: "made by C libraries in new threads"},
	{Name: "rt_sigprocmask", Number: unix.SYS_RT_SIGPROCMASK, Runtime: "signals"},
	{Name: "rt_sigaction", Number: unix.SYS_RT_SIGACTION, Runtime: "signals"},
	{Name: "rt_sigreturn", Number: unix.SYS_RT_SIGRETURN, Runtime: "signals"},
	{Name: "sigaltstack", Number: unix.SYS_SIGALTSTACK, Runtime: "signals"},
	{Name: "tgkill", Number: unix.SYS_TGKILL, Runtime: "interrupts its own threads", Impact: "other processes are ended",
		Containment: "seccomp: its own process; Landlock: no signals to others", Only: &Only{Self: true, Doc: "tgid is the process itself"}},
	{Name: "getpid", Number: unix.SYS_GETPID, Runtime: "signals"},
	{Name: "gettid", Number: unix.SYS_GETTID, Runtime: "signals"},
	{Name: "prctl", Number: unix.SYS_PRCTL, Runtime: "gives its memory names", Impact: "settings of the process change",
		Containment: "seccomp: the option", Only: &Only{Values: []uint32{unix.PR_SET_VMA}, Refusal: unix.EINVAL, Doc: "option is PR_SET_VMA"}},
	{Name: "sched_getaffinity", Number: unix.SYS_SCHED_GETAFFINITY, Runtime: "counts processors"},
	{Name: "restart_syscall", Number: unix.SYS_RESTART_SYSCALL, Runtime: "made by the kernel after a stop"},
	{Name: "exit", Number: unix.SYS_EXIT, Runtime: "ends a thread"},
	{Name: "exit_group", Number: unix.SYS_EXIT_GROUP, Runtime: "ends the process, with the guest's status"},

	// What builds the sandbox, on the embedder's word alone.
	{Name: "ioctl", Number: unix.SYS_IOCTL, Phase: Setup, Guard: "TCGETS on the standard streams, to tell terminals from other devices"},
	{Name: "prlimit64", Number: unix.SYS_PRLIMIT64, Phase: Setup, Guard: "limits of resources, on the process itself"},
	{Name: "landlock_create_ruleset", Number: unix.SYS_LANDLOCK_CREATE_RULESET, Phase: Setup, Guard: "the files of the guest"},
	{Name: "landlock_add_rule", Number: unix.SYS_LANDLOCK_ADD_RULE, Phase: Setup, Guard: "one for each preopen"},
	{Name: "landlock_restrict_self", Number: unix.SYS_LANDLOCK_RESTRICT_SELF, Phase: Setup, Guard: "on every thread"},
	{Name: "seccomp", Number: unix.SYS_SECCOMP, Phase: Setup, Guard: "the filter made of this table, on every thread"},
}
