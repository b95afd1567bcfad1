package wasi

import "github.com/touchstone-wasm/touchstone/runtime/internal/hostos"

// Directory is a directory of the host that was opened once, to be a preopen of many Systems: opening it anew takes longer than most guests
// that a fuzzer makes. Where a guest is in listing it, is its own; but no two guests may list it at the same time.
type Directory struct {
	host   hostos.FD
	device uint64 // that it lies on; 0 unless the host can tell its metadata without blocking
}

// OpenDirectory opens a directory by its path on the host. Symbolic links in it are followed.
func OpenDirectory(path string) (*Directory, error) {
	d, err := openDirectory(path)
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func openDirectory(path string) (d Directory, err error) {
	if d.host, err = hostos.OpenRoot(path); err != nil {
		return d, err
	}
	if st, err := hostos.Fstat(d.host); err == nil && hostos.IsResident(d.host) {
		d.device = st.Dev
	}
	return d, nil
}

// Close closes the directory. Systems that have it keep it.
func (d *Directory) Close() error { return hostos.Close(d.host) }

// open returns the directory of a preopen, for one System to keep.
func (p *Preopen) open() (Directory, error) {
	if p.Dir == nil {
		return openDirectory(p.Host)
	}
	host, err := hostos.DupFD(p.Dir.host)
	return Directory{host, p.Dir.device}, err
}
