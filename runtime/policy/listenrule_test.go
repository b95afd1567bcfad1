package policy

import (
	"strings"
	"testing"
)

func TestParseListen(t *testing.T) {
	for _, s := range []string{"127.0.0.1:80", "[::1]:0", "0.0.0.0:80 from 10.0.0.0/8,10.1.1.1", "[::]:80 from fc00::/7"} {
		if l, err := ParseListen(s); err != nil || l.String() != s {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "80", ":80", "localhost:80", "127.0.0.1", "127.0.0.1:80 from", "127.0.0.1:80 from ", "127.0.0.1:80 from 10.0.0.1/8", "127.0.0.1:80 from a.test", "[::ffff:127.0.0.1]:80", "[fe80::1%lo]:80"} {
		if _, err := ParseListen(s); err == nil || !strings.Contains(err.Error(), "write ADDRESS:PORT") {
			t.Errorf("%q: %v", s, err)
		}
	}
}
