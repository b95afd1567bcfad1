package model

import (
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// RightsMode says what an implementation makes of the rights that path_open is given.
type RightsMode uint8

// The modes. All keep a file that was not opened for reading or writing from being read or written.
const (
	// RightsByType gives those of the type of file that the directory hands on: this project's runtime (runtime/docs/hostcalls.md,
	// path_open).
	RightsByType RightsMode = iota
	// RightsAsAsked gives no more than was asked for, as preview 1 says (path_open, fs_rights_base): Node.js.
	RightsAsAsked
	// RightsIgnored gives those of the type, and giving them up has no effect: Wasmtime since 0.40, wazero.
	RightsIgnored
)

// Preopen is a directory that the guest finds open.
type Preopen struct {
	FD     uint32
	Name   string        // as the guest sees it
	Access policy.Access // what may be done beneath it
	Tree   *Tree         // what is in it; nil if that is nothing
	// Unknown says that what is in it is not known.
	Unknown bool
}

// Config is the world of a guest.
type Config struct {
	// OS is the host's, in the words of package runtime: "linux" or "darwin". Another one is allowed what either of these is.
	OS string
	// Rights is what the implementation makes of rights.
	Rights RightsMode
	// Ours says that the implementation is this project's runtime: of what is left open it does what runtime/docs/hostcalls.md says, and
	// nothing else.
	Ours bool

	Args, Env []string
	// Stdin is what descriptor 0 gives. Descriptors 0 to 2 are open.
	Stdin string
	// AnyStreams says that the standard streams are files, pipes or what else the embedder has: of them nothing is known.
	AnyStreams bool
	// RandomEnds says that the source of random bytes may come to its end.
	RandomEnds bool
	// Protected are ranges of the memory that calls do not write.
	Protected []policy.Range
	Preopens  []Preopen
	// Listeners are sockets that accept connections.
	Listeners []uint32
	// NoPeers says that the network has no peer that the listeners and rules let connect.
	NoPeers bool
	// MaxFDs bounds the descriptors; 0 means that the bound is not known.
	MaxFDs int
	// Quotas are those of the guest. That bytes, files and sockets are used up is compared with what calls did; the others can be at any time.
	Quotas policy.Quotas
}

// Model is the set of states that a guest can be in.
type Model struct {
	cfg   *Config
	fds   []*descriptor // by number
	roots []*node       // of the preopens
	args  []string
	env   []string
	clock [4]uint64 // the last time that was reported, by clock

	accounts [policy.NumResources]account

	// adrift says that nothing in the tree is known any more.
	adrift bool
	// severed says that a socket was closed or shut down for writing: that its other end is gone is what the end of a connection may find.
	severed bool

	// begun is a moment of the host's clock that is not later than the beginning of the model, and not much earlier.
	begun uint64

	step   step
	first  []descriptor // those that the guest begins with
	copies []treeCopy   // of the trees of the preopens
	path   []byte       // room for one
}

// tick is more than file systems' clocks are behind that of the host.
const tick = 5 * time.Second

// New returns the state that a guest begins with. cfg must not change.
func New(cfg *Config) *Model {
	m := new(Model)
	m.Reset(cfg)
	return m
}

// Reset makes m what [New] returns. It takes less than that, above all if the preopens have the trees that they had.
func (m *Model) Reset(cfg *Config) {
	*m = Model{cfg: cfg, args: cfg.Args, env: cfg.Env, fds: m.fds[:0], roots: m.roots[:0], copies: m.copies, path: m.path,
		begun: uint64(time.Now().Add(-tick).UnixNano()),
		first: slices.Grow(m.first[:0], 3+len(cfg.Preopens)+len(cfg.Listeners)), step: m.step}
	for fd := range uint32(3) {
		m.begin(fd, stream(cfg, fd))
	}
	for i := range cfg.Preopens {
		p := &cfg.Preopens[i]
		if i == len(m.copies) {
			m.copies = append(m.copies, treeCopy{})
		}
		root := m.copies[i].of(p.Tree)
		root.unsure = p.Unknown
		m.roots = append(m.roots, root)
		m.begin(p.FD, preopened(p, root))
	}
	for _, fd := range cfg.Listeners {
		m.begin(fd, listener())
	}
}

// begin gives a number to a descriptor that the guest begins with.
func (m *Model) begin(fd uint32, d descriptor) {
	m.first = append(m.first, d)
	m.open(fd, &m.first[len(m.first)-1])
}

// maxNumber bounds the numbers of descriptors that are kept; an implementation that gives larger ones is not followed.
const maxNumber = 1 << 16

// fd returns an open descriptor, or nil.
func (m *Model) fd(fd uint32) *descriptor {
	if uint64(fd) >= uint64(len(m.fds)) {
		return nil
	}
	return m.fds[fd]
}

// open gives a descriptor a number.
func (m *Model) open(fd uint32, d *descriptor) {
	for uint64(fd) >= uint64(len(m.fds)) {
		m.fds = append(m.fds, nil)
	}
	m.fds[fd] = d
}

// count returns how many descriptors are open for certain, and how many possibly.
func (m *Model) count() (certain, possible int) {
	for _, d := range m.fds {
		if d != nil {
			possible++
			if !d.maybe {
				certain++
			}
		}
	}
	return certain, possible
}

// Forget makes all that is in the trees unsure, to the end: somebody else changed them, or may have.
func (m *Model) Forget() { m.adrift = true }

// ForgetAccess makes the times of access of all files unsure: somebody else read them.
func (m *Model) ForgetAccess() {
	for _, root := range m.roots {
		root.each(func(n *node) { n.atime.known = false })
	}
}

// ForgetTree makes what is at a path beneath the i-th preopen unsure, with all that is beneath it and with the entries of the directory that
// it is in: somebody else did something there.
func (m *Model) ForgetTree(i int, path string) {
	for _, p := range []place{m.walk(m.roots[i], []byte(path), false), m.walk(m.roots[i], []byte(path), true)} {
		switch {
		case p.unknown:
			m.Forget()
		case p.fails == nil:
			if p.node != nil {
				p.node.each((*node).doubt)
			}
			if p.parent != nil {
				p.parent.doubt()
			}
		}
	}
}

// Settle tells the model whether a descriptor turned out to be open, and returns whether it can be.
func (m *Model) Settle(fd uint32, open bool) bool {
	switch d := m.fd(fd); {
	case d == nil:
		return !open
	case d.maybe && open:
		d.maybe = false
	case d.maybe:
		m.fds[fd] = nil
	default:
		return open
	}
	return true
}

// doubt makes a file or directory unsure.
func (n *node) doubt() {
	n.unsure, n.touched = true, true
	n.mtime.known, n.atime.known = false, false
}

// sure reports whether what is in n is known.
func (m *Model) sure(n *node) bool { return n != nil && !n.unsure && !m.adrift }
