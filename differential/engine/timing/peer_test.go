package timing

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// TestPeer: each kind of traffic, at a listener that the peer is told of and over connections to it, several times in a row.
func TestPeer(t *testing.T) {
	peer, err := StartPeer()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	at, leave, err := Visit(peer.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	l, err := net.Listen("tcp4", at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const turns = 3
	for range 3 {
		for kind, talk := range map[Traffic]func(io.ReadWriter) ([]byte, error){
			Echo: func(c io.ReadWriter) ([]byte, error) {
				c.Write([]byte("abc"))
				got := make([]byte, 3)
				_, err := io.ReadFull(c, got)
				return got, err
			},
			Source: func(c io.ReadWriter) ([]byte, error) {
				n, err := io.CopyN(io.Discard, c, turns*BigBlock)
				return binary.LittleEndian.AppendUint32(nil, uint32(n)), err
			},
			Sink: func(c io.ReadWriter) ([]byte, error) {
				c.Write(make([]byte, turns*BigBlock))
				c.(*net.TCPConn).CloseWrite()
				return io.ReadAll(c)
			},
		} {
			want := []byte("abc")
			if kind != Echo {
				want = binary.LittleEndian.AppendUint32(nil, turns*BigBlock)
			}
			accepted, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			made, err := net.Dial("tcp4", peer.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			for name, conn := range map[string]net.Conn{"accepted": accepted, "made": made} {
				conn.SetDeadline(time.Now().Add(10 * time.Second))
				conn.Write(kind.Header(turns))
				if got, err := talk(conn); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s connection, traffic %d: %q, error %v, want %q", name, kind, got, err, want)
				}
				conn.Close()
			}
		}
	}
}

// TestPeerIgnoresOthers: what asks for nothing, or for what there is not, does not keep the peer from others.
func TestPeerIgnoresOthers(t *testing.T) {
	peer, err := StartPeer()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	for _, said := range []string{"", "abc", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		conn, err := net.Dial("tcp4", peer.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.Write([]byte(said))
	}
	conn, err := net.Dial("tcp4", peer.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write(append(Echo.Header(1), 'x'))
	var got [1]byte
	if _, err := io.ReadFull(conn, got[:]); err != nil || got[0] != 'x' {
		t.Errorf("%q, error %v", got, err)
	}
}
