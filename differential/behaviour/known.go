package behaviour

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Known is a deviation of a foreign engine from preview 1 that was looked into. What it explains is counted apart. The evidence is the matrix itself:
// the situations that it is about show it each time, and a breach cites what preview 1 or POSIX says.
type Known struct {
	Name     string
	Engines  []string
	Versions []string
	Reason   string
	// Calls are the hostcalls that it is about; none stands for all, and "tree" for what is found in the end.
	Calls []string
	// Result is what they return, a word of [Account.Results]; empty for anything.
	Result string
	// Text is among the key and the detail of the breach and what the engine says; one of several.
	Text []string
}

var (
	wazero    = []string{"wazero", "wazero-interp"}
	wazero112 = []string{"1.12.0"}
	wasmtime  = []string{"wasmtime"}
	wasmtime4 = []string{"42.0.0"}
	wasmer    = []string{"wasmer"}
	wasmer20  = []string{"2.0.0 (wasmer-go 1.0.4)"}
)

// endOfSequence stands among the calls of a deviation for what is found when a sequence has ended.
const endOfSequence = "tree"

// Deviations are the known ones.
var Deviations = []Known{
	{Name: "wasmtime-wasi-trap", Engines: wasmtime, Versions: wasmtime4, Result: "trap",
		Reason: "ends the guest where a number is no value of its type, a pointer is not aligned or an exit status is 126 or more; preview 1 has errnos for arguments (errno: inval, fault)",
		Text:   []string{"Pointer not aligned", "convert ", "Invalid flag", "invalid exit status"}},
	{Name: "wasmtime-wasi-slash", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"path_filestat_get", "path_rename", "path_remove_directory", "path_unlink_file", "path_open", "path_link"},
		Reason: "a slash behind the name of a file that is not followed, or is renamed, is left out, and one behind a directory to be removed is refused (POSIX, 4.16 Pathname Resolution)",
		Text:   []string{"slashes follow", "path_remove_directory", "too many links"}},
	{Name: "wasmtime-wasi-set-rights", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_fdstat_set_rights"}, Result: "EBADF",
		Reason: "returns EBADF for descriptors that are open (errno: badf)"},
	{Name: "wasmtime-wasi-prestat", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_prestat_dir_name"},
		Reason: "returns ENOTDIR for what is no preopened directory, where fd_prestat_get returns EBADF"},
	{Name: "wasmtime-wasi-stdio", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_filestat_set_times"}, Result: "EBADF",
		Reason: "returns EBADF for standard streams, which are open"},
	{Name: "wasmtime-wasi-order", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"path_link", "path_filestat_set_times", "path_open", "path_rename"},
		Reason: "judges the flags before it looks whether the path leads outside, and one path before it looks whether another can be one", Text: []string{"a path leads outside", "a path is long"}},
	{Name: "wasmtime-wasi-late-fault", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_tell", "fd_filestat_get", "fd_read", "fd_pread", endOfSequence},
		Reason: "writes to the file before it finds that the place for the number of bytes is outside of the memory, and then ends the guest: the call failed and had an effect",
		Text:   []string{"other offset", "other content", "other size"}},
	{Name: "wasmtime-wasi-eintr", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_read"}, Result: "EINTR",
		Reason: "returns EINTR where nothing is to be read from standard input (errno: intr is for interrupted functions)"},
	{Name: "wasmtime-wasi-default-read", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_read", "fd_pread"}, Result: "ESUCCESS",
		Reason: "opens a file for reading that was opened without that right (path_open: fs_rights_base)", Text: []string{"lacks a right"}},
	{Name: "wasmtime-wasi-enomem", Engines: wasmtime, Versions: wasmtime4, Result: "ENOMEM",
		Reason: "returns ENOMEM for buffers outside of the memory, which is EFAULT elsewhere", Text: []string{"an address is outside the memory"}},
	{Name: "wasmtime-wasi-empty-read", Engines: wasmtime, Versions: wasmtime4, Calls: []string{"fd_read", "fd_pread", "fd_write", "fd_pwrite", "fd_prestat_dir_name", "fd_readdir"}, Result: "ESUCCESS",
		Reason: "looks at buffers only as far as it uses them: with nothing to read or write, addresses outside of the memory are accepted",
		Text:   []string{"an address is outside the memory"}},

	{Name: "wazero-wasi-links", Engines: wazero, Versions: wazero112,
		Reason: "follows symbolic links out of the preopened directory, reads and changes what is there, and returns the host's errno for it; it does not promise otherwise",
		Text:   []string{keyEscape, "a path leads outside"}},
	{Name: "wazero-wasi-rights", Engines: wazero, Versions: wazero112, Calls: []string{"fd_read", "fd_pread", "fd_write", "fd_pwrite", "fd_allocate", "fd_filestat_set_size"},
		Reason: "lets a guest write what it opened to read, where nothing is to be written, and read and write standard streams in the other direction (errno: badf, notcapable)",
		Text:   []string{"lacks a right"}},
	{Name: "wazero-wasi-empty-read", Engines: wazero, Versions: wazero112, Calls: []string{"fd_read", "fd_pread", "fd_write", "fd_pwrite"}, Result: "ESUCCESS",
		Reason: "looks at buffers and offsets only as far as it uses them", Text: []string{"an address is outside the memory", "above 2^63"}},
	{Name: "wazero-wasi-arguments", Engines: wazero, Versions: wazero112,
		Reason: "accepts flags, whences and advice that preview 1 does not have (errno: inval)",
		Text:   []string{"an argument is no value of its type"}},
	{Name: "wazero-wasi-prestat", Engines: wazero, Versions: wazero112, Calls: []string{"fd_prestat_get", "fd_prestat_dir_name"},
		Reason: "takes standard streams and what a guest opened for preopened directories, and truncates their names"},
	{Name: "wazero-wasi-stdio", Engines: wazero, Versions: wazero112, Calls: []string{"fd_tell", "fd_seek", "fd_filestat_set_size", "fd_filestat_set_times", "fd_fdstat_set_flags", "fd_renumber", "fd_sync", "fd_datasync", "fd_advise", "fd_readdir"},
		Reason: "returns ENOSYS, EBADF, EINVAL or ENOTSUP where standard streams and directories do not have a call, or panics on a nil file, which ends the guest"},
	{Name: "wazero-wasi-append", Engines: wazero, Versions: wazero112, Calls: []string{"fd_pwrite", "fd_allocate"}, Result: "EIO",
		Reason: "cannot write at an offset, or allocate, in a file that was opened to append; Go's os.File refuses that"},
	{Name: "wazero-wasi-empty-path", Engines: wazero, Versions: wazero112,
		Reason: "takes an empty path for the directory itself (POSIX, 4.16: a null pathname is ENOENT)", Text: []string{"a path is empty"}},
	{Name: "wazero-wasi-rename", Engines: wazero, Versions: wazero112, Calls: []string{"path_rename"}, Result: "ESUCCESS",
		Reason: "renames a name to itself with success where there is nothing (POSIX, rename: ENOENT)", Text: []string{"nothing is there"}},
	{Name: "wazero-wasi-dots", Engines: wazero, Versions: wazero112,
		Reason: "cleans paths as text, so that dir/.. is not looked up, and a path below a file is taken for one that is not there (POSIX, 4.16)",
		Text:   []string{"a component is no directory", "nothing is there", "tree:"}},
	{Name: "wazero-wasi-offset", Engines: wazero, Versions: wazero112, Calls: []string{"fd_tell", "fd_filestat_get"},
		Reason: "a descriptor that a file was written through at an offset reports another offset or size", Text: []string{" instead of "}},
	{Name: "wazero-wasi-errno", Engines: wazero, Versions: wazero112, Result: "EPERM",
		Reason: "judges the path before the descriptor, which is not open (errno: badf)", Text: []string{"the descriptor is not open"}},
	{Name: "wazero-wasi-close", Engines: wazero, Versions: wazero112, Calls: []string{"fd_close"}, Result: "ESUCCESS",
		Reason: "closes numbers that are far above those of open descriptors with success (errno: badf)", Text: []string{"the descriptor is not open"}},
	{Name: "wazero-wasi-times", Engines: wazero, Versions: wazero112, Calls: []string{"path_filestat_set_times"}, Result: "ELOOP",
		Reason: "cannot set the times of a link that is not followed (lookupflags: symlink_follow)"},

	{Name: "wasmer-wasi-dies", Engines: wasmer, Versions: wasmer20, Reason: "panics on symbolic links, calls that it does not have and arguments that are no values of their types, which ends the process",
		Text: []string{keyDied}},
	{Name: "wasmer-wasi-hangs", Engines: wasmer, Versions: wasmer20, Reason: "follows a link to itself for ever, and waits for itself in fd_renumber of a descriptor to itself", Text: []string{keyHangs}},
	{Name: "wasmer-wasi-escapes", Engines: wasmer, Versions: wasmer20, Reason: "creates, renames and removes through symbolic links out of the preopened directory", Text: []string{keyEscape}},
	{Name: "wasmer-wasi-padding", Engines: wasmer, Versions: wasmer20, Reason: "writes its own memory to the padding of structures: what a guest must not learn", Text: []string{"padding"}},
	{Name: "wasmer-wasi-tree", Engines: wasmer, Versions: wasmer20, Calls: []string{endOfSequence}, Reason: "reports success and does nothing: links, renames, times and sizes"},
	{Name: "wasmer-wasi-success", Engines: wasmer, Versions: wasmer20, Result: "ESUCCESS",
		Reason: "succeeds where preview 1 or POSIX asks for a failure, or gives other results: descriptors stay open, directories exist already, offsets are negative, advice is unknown"},
	{Name: "wasmer-wasi-errno", Engines: wasmer, Versions: wasmer20, Text: []string{"errno not allowed"},
		Reason: "returns EINVAL, EIO or EACCES for what is not there or exists, and errnos of another call"},
}

// known returns the first deviation that explains an account, or nil.
func known(a *Account, s *Situation) *Known {
	call, result := endOfSequence, ""
	if a.At < len(s.Calls) {
		call = s.Calls[a.At].Row.Name
	}
	if n := len(a.Results); n > 0 {
		result = a.Results[n-1]
	}
	words := a.Breach.Key + " " + a.Breach.Detail + " " + a.Message
	name := engine.ParseVariant(a.Engine).Name
	for i := range Deviations {
		switch k := &Deviations[i]; {
		case !slices.Contains(k.Engines, name) || !slices.Contains(k.Versions, a.Version):
		case len(k.Calls) > 0 && !slices.Contains(k.Calls, call):
		case k.Result != "" && k.Result != result:
		case len(k.Text) > 0 && !slices.ContainsFunc(k.Text, func(t string) bool { return strings.Contains(words, t) }):
		default:
			return k
		}
	}
	return nil
}

// Reason returns what a deviation is about.
func Reason(name string) string {
	i := slices.IndexFunc(Deviations, func(k Known) bool { return k.Name == name })
	if i < 0 {
		return ""
	}
	return Deviations[i].Reason
}
