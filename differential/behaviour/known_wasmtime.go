package behaviour

var (
	wasmtime  = []string{"wasmtime"}
	wasmtime4 = []string{"42.0.0"}
)

var ofWasmtime = []Known{
	{Name: "wasmtime-wasi-trap", Engines: wasmtime, Versions: wasmtime4,
		Reason: "ends the guest where a number is no value of its type, a pointer is not aligned or an exit status is 126 or more; preview 1 has errnos for arguments (errno: inval, fault)",
		Cases:  []Case{{Results: []string{"trap"}, Text: []string{"Pointer not aligned", "convert ", "Invalid flag", "invalid exit status"}}}},
	{Name: "wasmtime-wasi-slash", Engines: wasmtime, Versions: wasmtime4,
		Reason: "a slash, also with a dot, behind the name of a link that is not followed, or of what is renamed, is left out, and one behind a directory to be removed is refused (POSIX, 4.16 Pathname Resolution)",
		Cases: []Case{
			{Calls: []string{"path_filestat_get", "path_rename", "path_remove_directory", "path_unlink_file", "path_open", "path_link"}, Text: []string{"slashes follow", "too many links"}},
			{Calls: []string{"path_remove_directory"}, Results: []string{"EINVAL"}, Text: []string{mustSucceed, "the directory is not empty"}},
			{Calls: []string{"path_filestat_get"}, Results: []string{"ESUCCESS"}, Text: []string{"/.\"\n      allowed  EACCES, EPERM, ENOTCAPABLE because a path leads outside"}},
		}},
	{Name: "wasmtime-wasi-set-rights", Engines: wasmtime, Versions: wasmtime4,
		Reason: "returns EBADF for descriptors that are open (errno: badf)",
		Cases:  []Case{{Calls: []string{"fd_fdstat_set_rights"}, Results: []string{"EBADF"}}}},
	{Name: "wasmtime-wasi-prestat", Engines: wasmtime, Versions: wasmtime4,
		Reason: "returns ENOTDIR for what is no preopened directory, where fd_prestat_get returns EBADF",
		Cases:  []Case{{Calls: []string{"fd_prestat_dir_name"}}}},
	{Name: "wasmtime-wasi-stdio", Engines: wasmtime, Versions: wasmtime4,
		Reason: "returns EBADF for standard streams, which are open",
		Cases:  []Case{{Calls: []string{"fd_filestat_set_times"}, Results: []string{"EBADF"}}}},
	{Name: "wasmtime-wasi-order", Engines: wasmtime, Versions: wasmtime4,
		Reason: "judges the flags before it looks whether the path leads outside or the descriptor is open, and one path before it looks whether another can be one",
		Cases: []Case{
			{Calls: []string{"path_link", "path_filestat_set_times", "path_open", "path_rename"}, Text: []string{"a path leads outside", "a path is long"}},
			{Calls: []string{"fd_filestat_set_times", "path_filestat_set_times"}, Results: []string{"EINVAL"}, Text: []string{"the descriptor is not open"}},
			{Calls: []string{"path_*"}, Results: []string{"ENOTDIR", "EPERM", "ELOOP"}, Text: []string{"a path has a NUL byte"}},
		}},
	{Name: "wasmtime-wasi-late-fault", Engines: wasmtime, Versions: wasmtime4,
		Reason: "writes to the file, or opens it, before it finds that the place for the result is outside of the memory, and then ends the guest: the call failed and had an effect",
		Cases: []Case{
			{Calls: []string{"fd_tell"}, Has: []string{"fd_write", "fd_read", "fd_seek"}, After: "trap", Text: []string{"other offset"}},
			{Calls: []string{"fd_filestat_get", "fd_read", "fd_pread"}, Has: []string{"fd_write", "fd_pwrite"}, After: "trap", Text: []string{"other content", "other size", "reads beyond the end"}},
			{Calls: []string{endOfSequence}, Has: []string{"fd_write", "fd_pwrite", "path_open"}, After: "trap", Text: []string{"other content", "other size"}},
			{Calls: []string{"path_*"}, Results: []string{"ENOTDIR"}, Has: []string{"path_open"}, After: "trap", Text: []string{"nothing is there"}},
		}},
	{Name: "wasmtime-wasi-default-write", Engines: wasmtime, Versions: wasmtime4,
		Reason: "opens a file for writing that it creates or truncates without that right (path_open: fs_rights_base)",
		Cases: []Case{{Calls: []string{"fd_write", "fd_pwrite", "fd_filestat_set_size", "fd_allocate"}, Results: []string{"ESUCCESS"}, Has: []string{"path_open"},
			Text: []string{"lacks a right"}}}},
	{Name: "wasmtime-wasi-padding", Engines: wasmtime, Versions: wasmtime4,
		Reason: "writes bytes of its own memory to the padding of directory entries: what a guest must not learn",
		Cases:  []Case{{Calls: []string{"fd_readdir"}, Results: []string{"ESUCCESS"}, Text: []string{"padding is not the guest's"}}}},
	{Name: "wasmtime-wasi-eintr", Engines: wasmtime, Versions: wasmtime4,
		Reason: "returns EINTR where nothing is to be read from standard input (errno: intr is for interrupted functions)",
		Cases:  []Case{{Calls: []string{"fd_read"}, Results: []string{"EINTR"}}}},
	{Name: "wasmtime-wasi-default-read", Engines: wasmtime, Versions: wasmtime4,
		Reason: "opens a file for reading that was opened without that right (path_open: fs_rights_base)",
		Cases:  []Case{{Calls: []string{"fd_read", "fd_pread"}, Results: []string{"ESUCCESS"}, Text: []string{"lacks a right"}}}},
	{Name: "wasmtime-wasi-enomem", Engines: wasmtime, Versions: wasmtime4,
		Reason: "returns ENOMEM for buffers outside of the memory, which is EFAULT elsewhere",
		Cases:  []Case{{Results: []string{"ENOMEM"}, Text: []string{"an address is outside the memory"}}}},
	{Name: "wasmtime-wasi-empty-read", Engines: wasmtime, Versions: wasmtime4,
		Reason: "looks at buffers only as far as it uses them: with nothing to read or write, addresses outside of the memory are accepted",
		Cases:  []Case{{Calls: []string{"fd_read", "fd_pread", "fd_write", "fd_pwrite", "fd_prestat_dir_name", "fd_readdir"}, Results: []string{"ESUCCESS"}, Text: []string{"an address is outside the memory"}}}},
}
