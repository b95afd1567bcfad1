package machine

import (
	"runtime"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	line := Describe()
	t.Log(line)
	if !strings.Contains(line, runtime.GOOS+"/"+runtime.GOARCH) || strings.Contains(line, "\n") || strings.Contains(line, "load unknown") {
		t.Errorf("%q", line)
	}
	if n, err := load(); err != nil || n < 0 || n > 1e6 {
		t.Errorf("load %v, error %v", n, err)
	}
}
