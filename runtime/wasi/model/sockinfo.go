package model

import (
	"encoding/binary"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// What calls tell about sockets goes where addresses in memory lead, so that it is compared only if nothing of that lies over anything else.

// disjoint reports whether all regions are in the memory, and none of them lies over another one.
func (s *step) disjoint(list ...region) bool {
	for i, a := range list {
		if !s.inside(a.addr, a.n) {
			return false
		}
		for _, b := range list[:i] {
			if a.addr < b.addr+b.n && b.addr < a.addr+a.n {
				return false
			}
		}
	}
	return true
}

// word returns the number of 32 bits at an address of a memory.
func word(mem []byte, addr uint64) uint64 { return uint64(binary.LittleEndian.Uint32(mem[addr:])) }

// The numbers of options that something is known of (WasmEdge, sock_opt_so).
const (
	optReuse     = 0
	optType      = 1
	optKeepAlive = 7
	optLinger    = 9
	optReceiving = 11
	optSending   = 12
	optListening = 13
	numOptions   = 15
)

// optionSize returns the size of an option's value (runtime/docs/hostcalls.md, sock_getsockopt).
func optionSize(name uint64) uint64 {
	switch name {
	case optLinger:
		return 8
	case optReceiving, optSending:
		return 16
	}
	return 4
}

// setOption keeps what an option of this project's runtime has become.
func setOption(s *step) {
	name, value := s.o.Args[2], s.o.Before[s.arg32(3):][:s.arg32(4)]
	sock := s.fd[0].sock
	if name >= numOptions || uint64(len(value)) != optionSize(name) {
		return
	}
	switch name {
	case optReuse, optKeepAlive, optLinger:
		if value = truth(word(value, 0) != 0); !sock.stream {
			return // hosts may leave it as it is
		}
	case optReceiving, optSending:
		if binary.LittleEndian.Uint64(value) > 1<<32 { // it is bounded
			sock.options[name] = nil
			return
		}
	default:
		return // the host rounds it
	}
	sock.options[name] = append(slices.Clone(value), make([]byte, optionSize(name)-uint64(len(value)))...)
}

// truth is 1 or 0 in 32 bits.
func truth(is bool) []byte {
	if is {
		return []byte{1, 0, 0, 0}
	}
	return make([]byte, 4)
}

// option compares an option with what it was set to, and its size.
func option(s *step) {
	name, buf, size := s.o.Args[2], s.arg32(3), s.arg32(4)
	if name >= numOptions || !s.m.cfg.Ours {
		return
	}
	want := optionSize(name)
	if room := word(s.o.Before, size); !s.disjoint(region{buf, room}, region{size, 4}) {
		return
	}
	if got := word(s.o.After, size); got != want {
		s.breach("another size of an option", "%d instead of %d", got, want)
		return
	}
	sock := s.fd[0].sock
	value := sock.options[name]
	switch {
	case sock.unsure:
	case name == optType:
		value = []byte{1, 0, 0, 0}
		if sock.stream {
			value[0] = 2
		}
	case name == optListening:
		value = truth(sock.listening)
	}
	if got := s.o.After[buf:][:want]; value != nil && string(got) != string(value) {
		s.breach("another option", "%x instead of %x", got, value)
	}
}

// Options returns the options of a socket that calls have set.
func (m *Model) Options(fd uint32) (names []uint64) {
	if d := m.fd(fd); d != nil && d.sock != nil && !d.maybe {
		for name, value := range d.sock.options {
			if value != nil {
				names = append(names, uint64(name))
			}
		}
	}
	return names
}

// address compares the kind of an address with the family of the socket, as a version of IP and in an address that begins with its family.
func address(s *step) {
	sock := s.fd[0].sock
	record := s.arg32(s.slotOf(wasi.AddressOut))
	buf := region{word(s.o.Before, record), word(s.o.Before, record+4)}
	list := []region{{record, 8}, buf, {s.arg32(s.slotOf(wasi.PortOut)), 4}}
	typ := s.slotOf(wasi.AddrTypeOut)
	if typ >= 0 {
		list = append(list, region{s.arg32(typ), 4})
	}
	if sock.unsure || !s.m.cfg.Ours || !s.disjoint(list...) {
		return
	}
	version, family := uint64(4), uint64(1)
	if sock.v6 {
		version, family = 6, 2
	}
	const tagged = 128
	switch {
	case typ >= 0 && s.result32(typ) != version:
		s.breach("another type of address", "%d instead of %d", s.result32(typ), version)
	case buf.n == tagged && uint64(binary.LittleEndian.Uint16(s.o.After[buf.addr:])) != family:
		s.breach("another family of address", "%d instead of %d", s.o.After[buf.addr], family)
	}
}

// resolved compares the results of sock_getaddrinfo: no more than asked for, each with its family, the length of its address and the port.
func resolved(s *step) {
	const infoSize, sockaddrSize, maxResults = 28, 12, 64
	const toSockaddr, toNext, toLength, toData = 12, 24, 4, 8
	n, most := s.result32(s.slotOf(wasi.SizeOut)), s.arg32(6)
	if n == 0 || n > min(most, maxResults) {
		s.breach("another number of addresses", "%d, where %d were asked for", n, most)
		return
	}
	port, known := portOf(s.o.Before[s.arg32(2):][:s.arg32(3)])
	all := []region{{s.arg32(5), 4}, {s.arg32(s.slotOf(wasi.SizeOut)), 4}}
	at := word(s.o.Before, s.arg32(5))
	type result struct{ sockaddr, data uint64 }
	var results []result
	for range n {
		if !s.inside(at, infoSize) {
			return
		}
		sa := word(s.o.Before, at+toSockaddr)
		if !s.inside(sa, sockaddrSize) {
			return
		}
		data := word(s.o.Before, sa+toData)
		all = append(all, region{at, infoSize}, region{sa, sockaddrSize}, region{data, 26})
		results = append(results, result{sa, data})
		at = word(s.o.Before, at+toNext)
	}
	if !s.m.cfg.Ours || !s.disjoint(all...) {
		return
	}
	for _, r := range results {
		family, length := s.o.After[r.sockaddr], word(s.o.After, r.sockaddr+toLength)
		if !(family == 1 && length == 14) && !(family == 2 && length == 26) {
			s.breach("another family of address", "%d with %d bytes", family, length)
		}
		if got := binary.BigEndian.Uint16(s.o.After[r.data:]); known && got != port {
			s.breach("another port", "%d instead of %d", got, port)
		}
	}
}

// portOf reads a port in decimal, which ends at a NUL byte; none is 0.
func portOf(service []byte) (port uint16, ok bool) {
	n := 0
	for _, c := range service {
		if c == 0 {
			break
		}
		if c < '0' || c > '9' || n > 6553 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return uint16(n), n < 1<<16
}
