// Package journal keeps what a run has measured so that nothing is lost when it
// ends in the middle: a directory with a file of lines, each on the disk before
// the next trial begins, and each with a check sum.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Names of the files in a run's directory.
const (
	Lines  = "journal.ndjson"
	lock   = "LOCK"
	maxRun = 1 << 20 // bytes of a line
)

// Errors of this package, to be told apart with errors.Is.
var (
	ErrBusy     = errors.New("another program is at work on it")
	ErrNotEmpty = errors.New("it is not empty")
	ErrFull     = errors.New("there is no room to write")
	ErrDamaged  = errors.New("the journal is damaged")
)

// Entry is one line.
type Entry struct {
	Type string          `json:"type"`
	At   time.Time       `json:"at"`
	Data json.RawMessage `json:"data"`
}

// file is what a journal needs of its file.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)
	Close() error
}

// Journal is a journal open for writing. Nobody else can have it open so.
type Journal struct {
	file file
	lock *os.File
	dir  *os.File
	size int64
	bad  error // after a failed write that could not be taken back
}

// Create makes a directory, which must not exist or be empty, and an empty
// journal in it.
func Create(dir string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l, err := hold(dir)
	if err != nil {
		return nil, err
	}
	names, err := os.ReadDir(dir)
	if err == nil && len(names) > 1 {
		err = fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	f, err := os.OpenFile(filepath.Join(dir, Lines), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	j := &Journal{file: f, lock: l}
	if j.dir, err = os.Open(dir); err == nil {
		err = j.dir.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// Open opens a journal to go on with it, and gives what is in it. A last line
// that was not written to its end is taken off; torn is its length in bytes.
func Open(dir string) (j *Journal, entries []Entry, torn int, err error) {
	l, err := hold(dir)
	if err != nil {
		return nil, nil, 0, err
	}
	f, err := os.OpenFile(filepath.Join(dir, Lines), os.O_RDWR, 0)
	if err != nil {
		return nil, nil, 0, errors.Join(err, l.Close())
	}
	j = &Journal{file: f, lock: l}
	entries, whole, torn, err := read(f)
	if err == nil {
		j.size = whole
		err = j.rewind()
	}
	if err == nil {
		j.dir, err = os.Open(dir)
	}
	if err != nil {
		return nil, nil, 0, errors.Join(fmt.Errorf("%s: %w", f.Name(), err), j.Close())
	}
	return j, entries, torn, nil
}

// hold locks a directory. The lock ends with the process, however it ends.
func hold(dir string) (*os.File, error) {
	l, err := os.OpenFile(filepath.Join(dir, lock), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(l.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), l.Close())
	}
	return l, nil
}

// Add writes a line and returns when it is on the disk. After an error the
// journal is as it was before: nothing of the line is left.
func (j *Journal) Add(kind string, at time.Time, data any) error {
	if j.bad != nil {
		return j.bad
	}
	line, err := encode(kind, at, data)
	if err != nil {
		return err
	}
	if _, err = j.file.Write(line); err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		j.size += int64(len(line))
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	if undo := j.rewind(); undo != nil {
		j.bad = errors.Join(err, undo)
		return j.bad
	}
	return err
}

// rewind takes off what stands behind the last whole line.
func (j *Journal) rewind() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

// Close lets others have the journal.
func (j *Journal) Close() error {
	err := errors.Join(j.file.Close(), j.lock.Close())
	if j.dir != nil {
		err = errors.Join(err, j.dir.Close())
	}
	return err
}

// encode is a line: {"crc":"8 digits", and what the check sum is of.
func encode(kind string, at time.Time, data any) ([]byte, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(Entry{Type: kind, At: at, Data: raw})
	if err != nil {
		return nil, err
	}
	rest = rest[1:] // without its brace
	line := append(fmt.Appendf(nil, `{"crc":"%08x",`, check(rest)), append(rest, '\n')...)
	if len(line) > maxRun {
		return nil, fmt.Errorf("a journal line of %d bytes: at most %d fit", len(line), maxRun)
	}
	return line, nil
}

func check(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Replace writes a file of the journal's directory anew. It opens nothing for
// reading and renames nothing, so that a program can do it that may only make
// and remove files: one that is killed meanwhile leaves part of it, which is no
// loss, because all that it says follows from the journal.
func (j *Journal) Replace(name string, content []byte) error {
	path := filepath.Join(j.dir.Name(), name)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close(), j.dir.Sync())
}
