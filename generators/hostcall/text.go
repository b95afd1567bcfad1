package hostcall

import (
	"fmt"
	"strconv"
	"strings"
)

// resourceNames are the words for resources in the text form of a sequence.
var resourceNames = [...]string{AnyFD: "fd", DirFD: "dir", OpenFD: "open", SocketFD: "sock", LastFD: "last", PeerPort: "port"}

// Format returns the text form of a sequence, a call a line:
//
//	path_open(dir#0, 1, 0x1000, 4, 0, 0x2, 0, 0, 0xff8) mem 0x1000="file" out 0xff8+4
//	fd_read(open#0, 0x1000, 1, 0xff8) mem 0x1000="\x08\x10\x00\x00@\x00\x00\x00" out 0x1008+64 out 0xff8+4 cap 64
//
// It begins with the [wasi.Hostcall.ID] and the arguments: numbers, or a resource and which of them. Behind "mem" stands what is
// put into memory before the call, behind "out" where the call may write, address and length, and behind "cap" how many bytes
// its buffers hold. A line that begins with "host" is what the host does before the next call, and behind "fault" stands what befalls
// which of the call's system calls, from 0:
//
//	host rename "dir" "away"
//	host symlink "dir" "../outside"
//	host dial
//	path_filestat_get(dir#0, 0, 0x1000, 8, 0x1010) mem 0x1000="dir/file" out 0x1010+64 fault 1 EINTR
//
// [Parse] reads it.
func Format(calls []Call) string {
	var b strings.Builder
	for i := range calls {
		for _, a := range calls[i].Before {
			b.WriteString(a.String())
			b.WriteByte('\n')
		}
		b.WriteString(calls[i].String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the action in its text form; see [Format].
func (a Action) String() string {
	d := &deeds[a.Do]
	s := "host " + d.word
	if !d.net {
		s += " " + strconv.QuoteToASCII(a.Path)
	}
	if d.to {
		s += " " + strconv.QuoteToASCII(a.To)
	}
	if d.num {
		s += fmt.Sprintf(" %#o", a.Num)
	}
	return s
}

// String returns the call in its text form, without what the host does before it; see [Format].
func (c *Call) String() string {
	var b strings.Builder
	b.WriteString(c.Row.ID())
	b.WriteByte('(')
	for i, a := range c.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(a.String())
	}
	b.WriteByte(')')
	for _, w := range c.Writes {
		fmt.Fprintf(&b, " mem %#x=%s", w.Addr, strconv.QuoteToASCII(string(w.Data)))
	}
	for _, r := range c.Out {
		fmt.Fprintf(&b, " out %#x+%d", r.Addr, r.Len)
	}
	if c.Capacity > 0 {
		fmt.Fprintf(&b, " cap %d", c.Capacity)
	}
	if c.Fault != nil {
		fmt.Fprintf(&b, " fault %d %v", c.Fault.Nth, c.Fault.Kind)
	}
	return b.String()
}

// String returns the argument in its text form: small numbers in decimal, others in hexadecimal.
func (a Arg) String() string {
	switch {
	case a.From != Number:
		return fmt.Sprintf("%s#%d", resourceNames[a.From], a.Value)
	case a.Value < 256:
		return strconv.FormatUint(a.Value, 10)
	}
	return fmt.Sprintf("%#x", a.Value)
}
