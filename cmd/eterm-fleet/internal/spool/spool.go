// Package spool keeps results in files until it is known that somebody else
// keeps them for good. What Put returns from without an error survives a crash
// and a loss of power; what could not be written is kept in memory meanwhile.
package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// ErrFull means: there is no room for a further result.
var ErrFull = errors.New("the spool is full")

// Spool is a folder of results, by their subjects.
type Spool struct {
	dir  string
	most int64
	mu   sync.Mutex
	size map[string]int64 // by file name
	sum  int64
	// unwritten are results that found no room on the disk.
	unwritten map[string][]byte
}

// Open opens a spool, and makes its folder if need be; it takes so many bytes
// at most. What an interrupted Put left is removed.
func Open(dir string, most int64) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Spool{dir: dir, most: most, size: map[string]int64{}, unwritten: map[string][]byte{}}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			_ = os.Remove(filepath.Join(dir, e.Name()))
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		s.size[e.Name()], s.sum = info.Size(), s.sum+info.Size()
	}
	return s, nil
}

// Put keeps a result under its subject, and nothing of body. The first one
// stays: a result never changes. One that cannot be written is kept in memory,
// and the error says why; Retry tries again.
func (s *Spool) Put(subject string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.put(subject, body)
	if _, kept := s.size[subject]; err != nil && !kept && !errors.Is(err, errName) {
		s.unwritten[subject] = bytes.Clone(body)
	}
	return err
}

// Retry writes what could not be written before, as far as there is room now.
func (s *Spool) Retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for subject, body := range s.unwritten {
		if s.put(subject, body) == nil {
			delete(s.unwritten, subject)
		}
	}
}

// errName means: a subject that cannot be a file.
var errName = errors.New("cannot be the name of a file")

func (s *Spool) put(subject string, body []byte) error {
	if strings.ContainsAny(subject, "/\x00") || strings.HasPrefix(subject, ".") || subject == "" {
		return fmt.Errorf("subject %q %w", subject, errName)
	}
	if _, ok := s.size[subject]; ok {
		return nil
	}
	n := int64(len(body))
	if s.sum+n > s.most {
		return fmt.Errorf("%s: %w: %d of %d bytes", s.dir, ErrFull, s.sum, s.most)
	}
	partial := filepath.Join(s.dir, "."+subject)
	if err := write(partial, body); err != nil {
		_ = os.Remove(partial)
		return err
	}
	if err := os.Rename(partial, filepath.Join(s.dir, subject)); err != nil {
		return err
	}
	s.size[subject], s.sum = n, s.sum+n
	return syncDir(s.dir)
}

func write(name string, body []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the names of a folder survive too.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Room says whether a result of so many bytes could be kept, by the bound of
// the spool and by what is free on its disk.
func (s *Spool) Room(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sum+n > s.most || len(s.unwritten) > 0 {
		return false
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &disk); err != nil {
		return true // Put will tell
	}
	return disk.Bavail >= uint64(max(n, 0))/uint64(disk.Bsize)+2 // and a block for the folder
}

// Subjects are those of what is kept, in no order.
func (s *Spool) Subjects() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.size {
		all = append(all, name)
	}
	for name := range s.unwritten {
		all = append(all, name)
	}
	return all
}

// Bytes is the size of all that is kept.
func (s *Spool) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum
}

// Len is how many results are kept.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.size) + len(s.unwritten)
}

// Get is what is kept under a subject.
func (s *Spool) Get(subject string) ([]byte, error) {
	s.mu.Lock()
	body, ok := s.unwritten[subject]
	s.mu.Unlock()
	if ok {
		return body, nil
	}
	return os.ReadFile(filepath.Join(s.dir, subject))
}

// Drop lets go of all results whose subjects begin so.
func (s *Spool) Drop(prefix string) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.unwritten, func(name string, _ []byte) bool { return strings.HasPrefix(name, prefix) })
	for name, n := range s.size {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if e := os.Remove(filepath.Join(s.dir, name)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
			continue
		}
		delete(s.size, name)
		s.sum -= n
	}
	return err
}
