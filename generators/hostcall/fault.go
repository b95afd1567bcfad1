package hostcall

// Fault is what befalls one of the system calls that a hostcall makes.
type Fault struct {
	Nth  uint8 // system call, from 0; without that many nothing happens
	Kind FaultKind
}

// FaultKind is a kind of fault: an index into the words of the text form.
type FaultKind uint8

// Short is the fault by which a read or write moves one byte at most. With every other one the system call is not made and fails.
const Short FaultKind = 0

// faultWords are the words for faults in the text form: but for Short, the names of the errors. They are what a disk, a network, a signal
// or the limits of a host do, whatever the guest asks for.
var faultWords = [...]string{Short: "short", 1: "EINTR", "EIO", "ENOSPC", "EMFILE", "EAGAIN", "EACCES", "EBUSY", "EDQUOT", "EFBIG", "ENFILE", "ENOMEM",
	"ENXIO", "EPERM", "EPIPE", "EROFS", "ESTALE", "ETXTBSY", "EOVERFLOW", "ENODEV", "ENOTSUP",
	"EADDRINUSE", "EADDRNOTAVAIL", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "EMSGSIZE", "ENETDOWN", "ENETUNREACH", "ENOBUFS",
	"EPROTO", "ETIMEDOUT"}

// String returns the word for the fault in the text form.
func (k FaultKind) String() string { return faultWords[k] }

// fault reads whether something befalls the call, and what; mostly nothing does, and nothing if the frame is at its end.
func (g *generator) fault() *Fault {
	if !g.t.Chance(14) {
		return nil
	}
	const usual = 6 // of the first kinds, in half of the cases
	f := &Fault{Nth: g.t.Byte() % 8 / 2, Kind: FaultKind(g.t.Intn(len(faultWords)))}
	if g.t.Bool() {
		f.Kind %= usual
	}
	return f
}
