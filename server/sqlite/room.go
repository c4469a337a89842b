package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// room watches over the space on the disk. A reserve file stands there for the
// moment when the disk is full: giving it up makes room to finish what is
// under way, to close a day and to erase people's data. While it is given up
// the journal accepts nothing; it is made again as soon as there is space.
type room struct {
	mu   sync.Mutex
	path string
	size int64
	held bool
}

// newRoom makes the reserve: size bytes, or a quarter of what is free if that
// is less. An existing one is kept.
func newRoom(dir string, size int64) *room {
	r := &room{path: filepath.Join(dir, reserveName), size: min(size, max(free(dir)/4, 64<<10))}
	if info, err := os.Stat(r.path); err == nil && info.Size() > 0 && info.Size() <= size {
		r.size, r.held = info.Size(), true
		return r
	}
	r.held = r.make() == nil
	return r
}

// gone says that the reserve is given up.
func (r *room) gone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.held && r.path != ""
}

// enough says whether the journal may accept records, making the reserve again
// if there is space for it and a bit more.
func (r *room) enough() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.held && free(filepath.Dir(r.path)) >= r.size+r.size/4 {
		r.held = r.make() == nil
	}
	return r.held
}

// giveUp frees the reserve and says whether there was one.
func (r *room) giveUp() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.held {
		return false
	}
	r.held = false
	return os.Remove(r.path) == nil
}

// make takes real blocks, so that they are there when they are needed.
func (r *room) make() error {
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Fallocate(int(f.Fd()), 0, 0, r.size)
	if errors.Is(err, syscall.EOPNOTSUPP) {
		_, err = f.Write(make([]byte, r.size))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(r.path)
	}
	return err
}

// free is the space in bytes that a program may use, 0 if nobody can say.
func free(dir string) int64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}
