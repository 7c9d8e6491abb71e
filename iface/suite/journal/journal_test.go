package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)

type trial struct{ N int }

// written is a journal of n lines.
func written(t *testing.T, n int) (dir string, content []byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "run")
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := j.Add("trial", at, trial{i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	content, err = os.ReadFile(filepath.Join(dir, Lines))
	if err != nil {
		t.Fatal(err)
	}
	return dir, content
}

func same(t *testing.T, entries []Entry, n int) {
	t.Helper()
	if len(entries) != n {
		t.Fatalf("%d entries, want %d", len(entries), n)
	}
	for i, e := range entries {
		if e.Type != "trial" || !e.At.Equal(at) || string(e.Data) != fmt.Sprintf(`{"N":%d}`, i) {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	dir, _ := written(t, 5)
	j, entries, torn, err := Open(dir)
	if err != nil || torn != 0 {
		t.Fatal(err, torn)
	}
	same(t, entries, 5)
	if err := j.Add("trial", at, trial{5}); err != nil {
		t.Fatal(err)
	}
	entries, torn, err = Read(dir) // while it is open
	if err != nil || torn != 0 {
		t.Fatal(err, torn)
	}
	same(t, entries, 6)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCutAnywhere: wherever a journal ends, all lines before are there, what is
// left of the last one is taken off, and the journal goes on.
func TestCutAnywhere(t *testing.T) {
	dir, content := written(t, 3)
	path := filepath.Join(dir, Lines)
	for cut := range len(content) + 1 {
		if err := os.WriteFile(path, content[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		whole := bytes.Count(content[:cut], []byte{'\n'})
		j, entries, torn, err := Open(dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		same(t, entries, whole)
		if want := cut - 1 - bytes.LastIndexByte(content[:cut], '\n'); torn != want {
			t.Errorf("cut at %d: %d bytes torn, want %d", cut, torn, want)
		}
		if err := errors.Join(j.Add("trial", at, trial{whole}), j.Close()); err != nil {
			t.Fatal(err)
		}
		entries, torn, err = Read(dir)
		if err != nil || torn != 0 {
			t.Fatalf("cut at %d, gone on: %v, %d", cut, err, torn)
		}
		same(t, entries, whole+1)
	}
}

// TestFlippedAnywhere: a wrong bit is found, wherever it is, and said to be in
// its line; without the very last byte the last line is one not written whole.
func TestFlippedAnywhere(t *testing.T) {
	_, content := written(t, 3)
	for i := range len(content) - 1 {
		damaged := bytes.Clone(content)
		damaged[i] ^= 4
		line := fmt.Sprintf("line %d: ", 1+bytes.Count(content[:i], []byte{'\n'}))
		if _, _, _, err := read(bytes.NewReader(damaged)); !errors.Is(err, ErrDamaged) || !strings.HasPrefix(err.Error(), line) {
			t.Errorf("byte %d flipped: %v, want %s", i, err, line)
		}
	}
}

func TestRefusals(t *testing.T) {
	dir, _ := written(t, 1)
	if _, err := Create(dir); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("made where one is: %v", err)
	}
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Open(dir); !errors.Is(err, ErrBusy) {
		t.Errorf("opened twice: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Open(t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opened where none is: %v", err)
	}
	if _, err := encode("plan", at, strings.Repeat("x", maxRun)); err == nil {
		t.Error("a line of a megabyte is taken")
	}
	if _, _, _, err := read(strings.NewReader(strings.Repeat("x", 2*maxRun))); !errors.Is(err, ErrDamaged) {
		t.Errorf("a line without end: %v", err)
	}
}

// disk is a file with so much room.
type disk struct {
	bytes.Buffer
	room   int
	broken bool
}

func (d *disk) Write(b []byte) (int, error) {
	n := min(len(b), d.room-d.Len())
	d.Buffer.Write(b[:n])
	if n < len(b) {
		return n, &os.PathError{Op: "write", Path: "journal", Err: syscall.ENOSPC}
	}
	return n, nil
}
func (d *disk) Sync() error { return nil }
func (d *disk) Truncate(size int64) error {
	if d.broken {
		return syscall.EIO
	}
	d.Buffer.Truncate(int(size))
	return nil
}
func (d *disk) Seek(offset int64, whence int) (int64, error) { return offset, nil }
func (d *disk) Close() error                                 { return nil }

func TestFullDisk(t *testing.T) {
	_, content := written(t, 3)
	d := &disk{room: len(content) - 5}
	j := &Journal{file: d}
	for i := range 2 {
		if err := j.Add("trial", at, trial{i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Add("trial", at, trial{2}); !errors.Is(err, ErrFull) {
		t.Errorf("a full disk: %v", err)
	}
	entries, _, torn, err := read(bytes.NewReader(d.Bytes()))
	if err != nil || torn != 0 {
		t.Errorf("after a full disk: %v, %d torn", err, torn)
	}
	same(t, entries, 2)
	d.room++
	if err := j.Add("trial", at, trial{2}); !errors.Is(err, ErrFull) {
		t.Errorf("still full: %v", err)
	}
	d.room = 1 << 20
	if err := j.Add("trial", at, trial{2}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	d.room, d.broken = d.Len()+1, true
	if err := j.Add("trial", at, trial{3}); !errors.Is(err, ErrFull) || !errors.Is(err, syscall.EIO) {
		t.Errorf("full and broken: %v", err)
	}
	d.room = 1 << 20
	if err := j.Add("trial", at, trial{3}); err == nil {
		t.Error("a line was put behind half a line")
	}
}

func TestReplace(t *testing.T) {
	dir, _ := written(t, 1)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := j.Replace("result.json", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "result.json")); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if names, _ := os.ReadDir(dir); len(names) != 3 {
		t.Errorf("left behind: %v", names)
	}
	if err := j.Replace("none/result.json", nil); err == nil {
		t.Error("written where no directory is")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func FuzzRead(f *testing.F) {
	line, err := encode("trial", at, trial{1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(append(line, line...))
	f.Add([]byte(`{"crc":"00000000",}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, whole, torn, err := read(bytes.NewReader(b))
		if err == nil && int(whole)+torn != len(b) {
			t.Errorf("%d whole and %d torn of %d bytes, %d entries", whole, torn, len(b), len(entries))
		}
	})
}
