package behaviour

var (
	wasmer   = []string{"wasmer"}
	wasmer20 = []string{"2.0.0 (wasmer-go 1.0.4)"}
)

// mustSucceed is among the details of a call that failed and had no reason to.
const mustSucceed = "ESUCCESS, with the results that the state gives"

// ofWasmer are so many because Wasmer 2.0 does something else in almost every situation that is not the plain one. Each row is a result in
// some situations, as seen in some thousand sequences.
var ofWasmer = []Known{
	{Name: "wasmer-wasi-dies", Engines: wasmer, Versions: wasmer20,
		Reason: "panics on symbolic links, calls that it does not have and descriptors that it does not expect, which ends the process",
		Cases:  []Case{{Text: []string{"lib/wasi/src/"}}}},
	{Name: "wasmer-wasi-closed-stream", Engines: wasmer, Versions: wasmer20,
		Reason: "crashes when what a guest wrote is read after it closed the standard stream or gave its number to another descriptor",
		Cases:  []Case{{Has: []string{"fd_close", "fd_renumber"}, Text: []string{"SIGSEGV", "SIGBUS"}}}},
	{Name: "wasmer-wasi-hangs", Engines: wasmer, Versions: wasmer20, Reason: "follows a link to itself for ever, and waits for itself in fd_renumber of a descriptor to itself",
		Cases: []Case{{Has: []string{"fd_renumber", "path_open", "path_filestat_get", "path_filestat_set_times", "path_link", "path_readlink", "path_rename", "path_unlink_file",
			"path_remove_directory", "path_create_directory"}, Text: []string{keyHangs}}}},
	{Name: "wasmer-wasi-escapes", Engines: wasmer, Versions: wasmer20, Reason: "creates, renames and removes through symbolic links out of the preopened directory",
		Cases: []Case{{Calls: []string{endOfSequence}, Text: []string{keyEscape}}}},
	{Name: "wasmer-wasi-padding", Engines: wasmer, Versions: wasmer20, Reason: "writes its own memory to the padding of structures: what a guest must not learn",
		Cases: []Case{{Calls: []string{"fd_fdstat_get", "fd_filestat_get", "path_filestat_get", "fd_prestat_get", "fd_readdir", "poll_oneoff"}, Results: []string{"ESUCCESS"}, Text: []string{"padding"}}}},
	{Name: "wasmer-wasi-late-fault", Engines: wasmer, Versions: wasmer20,
		Reason: "writes to the file before it finds that a later buffer is outside of the memory: the call failed with EFAULT and had an effect",
		Cases:  []Case{{Calls: []string{endOfSequence}, Has: []string{"fd_write", "fd_pwrite"}, After: "EFAULT", Text: []string{"tree: other content", "tree: other size"}}}},
	{Name: "wasmer-wasi-tree", Engines: wasmer, Versions: wasmer20, Reason: "reports success and does nothing: links, renames, times and sizes; cuts a file in fd_allocate",
		Cases: []Case{
			{Calls: []string{endOfSequence}, Has: []string{"path_symlink", "path_link", "path_rename"}, Text: []string{"tree: a file is missing"}},
			{Calls: []string{endOfSequence}, Has: []string{"fd_filestat_set_times", "path_filestat_set_times"}, Text: []string{"tree: other time"}},
			{Calls: []string{endOfSequence}, Has: []string{"fd_filestat_set_size", "fd_allocate", "fd_write", "fd_pwrite", "path_open"}, Text: []string{"tree: other size"}},
			{Calls: []string{endOfSequence}, Has: []string{"fd_allocate"}, Text: []string{"tree: other content"}},
		}},
	{Name: "wasmer-wasi-success", Engines: wasmer, Versions: wasmer20,
		Reason: "succeeds where preview 1 or POSIX asks for a failure: descriptors stay open, directories exist already, offsets are negative, advice is unknown",
		Cases: []Case{
			success([]string{"path_*"}, "a path is empty", "slashes follow the name", "a component is no directory"),
			success([]string{"path_open", "path_filestat_get", "path_filestat_set_times", "path_link", "path_create_directory"}, "a path leads outside"),
			success([]string{"path_link"}, "a path has a NUL byte"),
			success([]string{"fd_prestat_dir_name"}, "it is no preopen"),
			success([]string{"fd_renumber"}, "the descriptor may not be moved there"),
			success([]string{"fd_*"}, "the descriptor is not open"),
			success([]string{"fd_advise", "fd_seek", "fd_filestat_set_times", "fd_fdstat_set_flags", "path_open", "path_filestat_get", "path_filestat_set_times", "path_link"}, "an argument is no value of its type"),
			success([]string{"path_link"}, "it is a directory", "something is there", "the path ends in"),
			success([]string{"path_open"}, "something is there"),
			success([]string{"path_create_directory"}, "something is there", "nothing is there", "the path ends in"),
			success([]string{"fd_prestat_get"}, "it is no preopen"),
			success([]string{"fd_read", "fd_pread", "fd_write", "fd_pwrite", "fd_allocate", "fd_advise", "fd_filestat_set_size"}, "the descriptor lacks a right"),
			success([]string{"fd_seek"}, "the offset would be negative"),
			success([]string{"poll_oneoff"}, "there are no subscriptions"),
		}},
	{Name: "wasmer-wasi-results", Engines: wasmer, Versions: wasmer20,
		Reason: "succeeds with other results: arguments and variables that are not there, offsets, sizes, names, entries and clocks",
		Cases: []Case{
			{Calls: []string{"args_get", "args_sizes_get", "environ_get", "environ_sizes_get"}, Results: []string{"ESUCCESS"}, Text: []string{"other sizes", "other string"}},
			{Calls: []string{"clock_res_get"}, Results: []string{"ESUCCESS"}, Text: []string{"no resolution"}},
			{Calls: []string{"fd_seek", "fd_tell"}, Results: []string{"ESUCCESS"}, Text: []string{"other offset"}},
			{Calls: []string{"fd_filestat_get"}, Results: []string{"ESUCCESS"}, Text: []string{"other size"}},
			{Calls: []string{"fd_read", "fd_pread"}, Results: []string{"ESUCCESS"}, Text: []string{"more bytes than the buffers hold", "reads nothing before the end", "reads beyond the end"}},
			{Calls: []string{"fd_readdir"}, Results: []string{"ESUCCESS"}, Text: []string{"more bytes than the buffers hold"}},
			{Calls: []string{"fd_pwrite"}, Results: []string{"ESUCCESS"}, Text: []string{"writes nothing"}},
			{Calls: []string{"fd_readdir"}, Results: []string{"ESUCCESS"}, Text: []string{"an entry is missing"}},
			{Calls: []string{"fd_prestat_dir_name"}, Results: []string{"ESUCCESS"}, Text: []string{"other preopen"}},
			{Calls: []string{"path_open"}, Results: []string{"ESUCCESS"}, Text: []string{"gives an open descriptor"}},
			{Calls: []string{"path_readlink"}, Results: []string{"ESUCCESS"}, Text: []string{"other target"}},
		}},
	{Name: "wasmer-wasi-order", Engines: wasmer, Versions: wasmer20,
		Reason: "judges other arguments before the descriptor, which is not open; and its number 3 is a directory of its own (errno: badf)",
		Cases:  []Case{{Calls: []string{"fd_*", "path_*"}, Results: []string{"EINVAL", "EACCES", "EFAULT", "EISDIR", "ENOTDIR", "ENOTCAPABLE"}, Text: []string{"the descriptor is not open"}}}},
	{Name: "wasmer-wasi-renumber", Engines: wasmer, Versions: wasmer20, Reason: "closes a descriptor that is given its own number",
		Cases: []Case{
			{Calls: []string{"fd_*"}, Results: []string{"EBADF"}, Has: []string{"fd_renumber"}, Text: []string{mustSucceed}},
			{Calls: []string{"path_*"}, Results: []string{"EBADF"}, Has: []string{"fd_renumber"}, Text: []string{"nothing is there", mustSucceed}},
		}},
	{Name: "wasmer-wasi-unaligned", Engines: wasmer, Versions: wasmer20, Reason: "reads and writes what is at the aligned address below one that is not aligned",
		Cases: []Case{
			{Calls: []string{"fd_write", "fd_pwrite", "fd_read", "fd_pread"}, Results: []string{"ESUCCESS"}, Odd: true, Text: []string{"more bytes than the buffers hold"}},
			{Calls: []string{"fd_fdstat_get"}, Results: []string{"ESUCCESS"}, Odd: true, Text: []string{"other type"}},
			{Calls: []string{"fd_prestat_get"}, Results: []string{"ESUCCESS"}, Odd: true, Text: []string{"other preopen"}},
		}},
	{Name: "wasmer-wasi-errno", Engines: wasmer, Versions: wasmer20,
		Reason: "the errnos of calls with paths say little, and some of others are those of another call",
		Cases: []Case{
			{Calls: []string{"path_*"}, Results: []string{"EACCES", "EBADF", "EEXIST", "EINVAL", "EIO", "EISDIR", "ENOENT", "ENOTDIR"}},
			{Calls: []string{"fd_*"}, Results: []string{"EACCES", "EIO"}},
			errno("EBADF", []string{"fd_fdstat_set_rights"}, "need not have the call"),
			errno("EFAULT", []string{"fd_read", "fd_pread", "fd_write", "fd_pwrite"}, mustSucceed, "the descriptor lacks a right"),
			errno("ENOTDIR", []string{"fd_prestat_dir_name"}, "it is no preopen"),
		}},
}

// success is the case of calls that succeed where they must fail.
func success(calls []string, situations ...string) Case {
	return errno("ESUCCESS", calls, situations...)
}

// errno is the case of calls that return what is not allowed in some situations.
func errno(result string, calls []string, situations ...string) Case {
	return Case{Calls: calls, Results: []string{result}, Text: situations}
}
