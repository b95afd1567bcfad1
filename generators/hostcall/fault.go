package hostcall

// Fault is what befalls one of the system calls that a hostcall makes, or one of its effects.
type Fault struct {
	Nth  uint8 // system call or, of [Distrust], declared effect, from 0; without that many nothing happens
	Kind FaultKind
}

// FaultKind is a kind of fault: an index into the words of the text form.
type FaultKind uint8

// The faults by which no system call fails. With every other one the system call is not made.
const (
	Short      FaultKind = iota // a read or write moves one byte at most
	Cancel                      // the context of the call ends before the system call
	Distrust                    // the monitor takes the effect for one that the hostcall does not declare
	firstErrno                  // the first of those that are errors
)

// faultWords are the words for faults in the text form; of errors, their names. They are what a disk, a network, a signal or the limits of a
// host do, whatever the guest asks for.
var faultWords = [...]string{Short: "short", Cancel: "cancel", Distrust: "distrust",
	firstErrno: "EINTR", "EIO", "ENOSPC", "EMFILE", "EAGAIN", "EACCES", "EBUSY", "EDQUOT", "EFBIG", "ENFILE", "ENOMEM",
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
	const usual = 6 // of short and the first errors, in half of the cases
	b, kind := g.t.Byte(), g.t.Intn(1+len(faultWords)-int(firstErrno))
	switch {
	case b >= 224:
		return &Fault{Nth: b % 8 / 2, Kind: Cancel}
	case b >= 160:
		return &Fault{Nth: b % 8, Kind: Distrust}
	case g.t.Bool():
		kind %= usual
	}
	f := &Fault{Nth: b % 8 / 2}
	if kind > 0 {
		f.Kind = firstErrno + FaultKind(kind-1)
	}
	return f
}
