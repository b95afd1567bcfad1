package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// GoModule is a Go module that has C in it, of one version.
type GoModule struct {
	Path, Version string
	Sum           string // as in go.sum
}

// Fetch returns the directory of the module's files. The go command downloads it if it has not done so before, and checks it against its
// database of checksums; here it is checked against the one that the module had when this program was written.
func (m *GoModule) Fetch(ctx context.Context) (dir string, err error) {
	temp, err := os.MkdirTemp("", "touchstone-module-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", m.Path+"@"+m.Version)
	cmd.Dir = temp // outside of any module, which would be changed
	cmd.Env = append(os.Environ(), "PWD="+temp, "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	var got struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(out, &got); err == nil {
		err = jsonErr
	}
	switch {
	case got.Error != "":
		return "", fmt.Errorf("download %s: %s", m.Path, firstLine(got.Error))
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("download %s: needs the go command", m.Path)
	case err != nil:
		return "", fmt.Errorf("download %s: %w", m.Path, err)
	case got.Sum != m.Sum:
		return "", fmt.Errorf("download %s@%s: its checksum is %s, want %s", m.Path, m.Version, got.Sum, m.Sum)
	}
	return got.Dir, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
