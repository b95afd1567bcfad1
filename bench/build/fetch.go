package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// Tarball is the source of a program, of one version, in a tar file that gzip or xz packed.
type Tarball struct {
	Path   string // below the mirror
	SHA256 string
}

// maxTarball bounds what is fetched, and what comes out of it.
const maxTarball = 64 << 20

// Fetch returns the directory with the files of a tarball, which comes from a mirror the first time. mirror is a URL.
func (t *Tarball) Fetch(ctx context.Context, mirror string) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "source-"+t.SHA256)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	data, err := t.get(ctx, strings.TrimRight(mirror, "/")+"/"+t.Path)
	if err != nil {
		return "", fmt.Errorf("fetch %s: %w", t.Path, err)
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(cache, "part-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part) // nothing, once it has its name
	if err := unpack(data, part); err != nil {
		return "", fmt.Errorf("unpack %s: %w", t.Path, err)
	}
	if err := os.Rename(part, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // else another process was faster
			return "", err
		}
	}
	return dir, nil
}

// get returns the bytes of a URL, if they are those that are wanted.
func (t *Tarball) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the mirror says %s", res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxTarball))
	if err == nil && hash(data) != t.SHA256 {
		err = fmt.Errorf("its SHA-256 is %s, want %s", hash(data), t.SHA256)
	}
	return data, err
}

// open returns what was packed, by which of the two is seen from the beginning.
func open(data []byte) (io.Reader, error) {
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		return gzip.NewReader(bytes.NewReader(data))
	}
	return xz.NewReader(bytes.NewReader(data))
}

// unpack writes the regular files of a tarball below dir, without the directory that all of them are in.
func unpack(data []byte, dir string) error {
	plain, err := open(data)
	if err != nil {
		return err
	}
	left := int64(maxTarball)
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, name, inside := strings.Cut(filepath.ToSlash(h.Name), "/")
		if h.Typeflag != tar.TypeReg || !inside {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("a file is outside: %q", h.Name)
		}
		if left -= h.Size; left < 0 {
			return errors.New("too large")
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
}
