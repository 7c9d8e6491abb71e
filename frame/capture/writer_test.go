package capture

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk takes so many bytes and is then full, as a file system is.
type disk struct {
	bytes.Buffer
	room   int
	writes []int // length of the file after each write
}

func (d *disk) Write(p []byte) (int, error) {
	if n := d.room - d.Len(); n < len(p) {
		d.Buffer.Write(p[:n])
		return n, syscall.ENOSPC
	}
	d.Buffer.Write(p)
	d.writes = append(d.writes, d.Len())
	return len(p), nil
}

// TestFullDisk shows that Written is behind the last whole record, wherever
// the disk is full.
func TestFullDisk(t *testing.T) {
	for _, format := range []Format{Pcap, PcapNG} {
		whole := len(encode(t, format, someFrames()))
		for room := range whole {
			d := &disk{room: room}
			w, err := NewWriter(d, format, eth0)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range someFrames() {
				err = errors.Join(err, w.Write(&f))
			}
			err = errors.Join(err, w.Close(someStatistics()))
			if format == Pcap && err == nil && d.Len() == whole {
				continue
			}
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("%s with room for %d of %d: error %v", format, room, whole, err)
			}
			if w.Written() == 0 {
				continue
			}
			if _, err := readAll(bytes.NewReader(d.Bytes()[:w.Written()])); err != nil {
				t.Fatalf("%s with room for %d, cut to %d: %v", format, room, w.Written(), err)
			}
			if rest := d.Len() - int(w.Written()); rest > 1600 {
				t.Fatalf("%s with room for %d: %d bytes given up", format, room, rest)
			}
		}
	}
}

// TestWritesAreWholeRecords shows that a program that is killed leaves a
// sound file.
func TestWritesAreWholeRecords(t *testing.T) {
	for _, format := range []Format{Pcap, PcapNG} {
		d := &disk{room: 1 << 30}
		w, err := NewWriter(d, format, eth0)
		if err != nil {
			t.Fatal(err)
		}
		f := someFrames()[3]
		for i := range 1000 {
			f.Bytes = f.Bytes[:14+i]
			if err := w.Write(&f); err != nil {
				t.Fatal(err)
			}
		}
		if len(d.writes) < 2 || len(d.writes) > 4 {
			t.Errorf("%s: writes at %v, want some of about %d bytes", format, d.writes, writeBuffer)
		}
		for _, n := range d.writes {
			if _, err := readAll(bytes.NewReader(d.Bytes()[:n])); err != nil {
				t.Errorf("%s after a write up to %d: %v", format, n, err)
			}
		}
	}
}

func TestWriterAllocatesNothing(t *testing.T) {
	for _, format := range []Format{Pcap, PcapNG} {
		w, err := NewWriter(&disk{}, format, eth0)
		if err != nil {
			t.Fatal(err)
		}
		f := someFrames()[0]
		n := testing.AllocsPerRun(100, func() { w.Write(&f) })
		if n != 0 {
			t.Errorf("%s: %v allocations a frame", format, n)
		}
	}
}

func readFile(t *testing.T, path string) []Record {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := readAll(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return all
}

func record(t *testing.T, path string, o RecorderOptions, frames []Record) *Recorder {
	t.Helper()
	c, err := Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		if err := c.Write(&frames[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pcapng")
	c := record(t, path, RecorderOptions{About: eth0}, someFrames())
	if got := readFile(t, path); !reflect.DeepEqual(got, someFrames()) || c.Frames() != 5 {
		t.Errorf("%d frames of %d", len(got), c.Frames())
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want -rw-------", info.Mode(), err)
	}
	link := filepath.Join(dir, "link.pcap")
	pipe := filepath.Join(dir, "pipe.pcap")
	if err := errors.Join(os.Symlink(path, link), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		force bool
		want  string
	}{
		{path, false, "is there already: --force overwrites it"},
		{link, false, "is there already"},
		{link, true, "is a symbolic link"},
		{pipe, true, "is not a plain file"},
		{"/dev/null", true, "is not a plain file"},
		{dir, true, "is a directory"},
		{filepath.Join(dir, "none", "x.pcap"), false, "no such file or directory"},
	} {
		if _, err := Create(c.path, RecorderOptions{Force: c.force}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with force %v: error %v, want %q", c.path, c.force, err, c.want)
		}
	}
	record(t, path, RecorderOptions{Force: true}, someFrames()[:1])
	if got := readFile(t, path); len(got) != 1 {
		t.Errorf("%d frames after overwriting, want 1", len(got))
	}
}

func TestRotation(t *testing.T) {
	var frames []Record
	at := time.Unix(1e9, 0).UTC()
	for i := range 100 {
		frames = append(frames, Record{Bytes: make([]byte, 60), Length: 60, Time: at.Add(time.Duration(i) * time.Second)})
	}
	for name, o := range map[string]RecorderOptions{
		"size": {MaxBytes: 1000},
		"age":  {MaxAge: 10 * time.Second},
		"both": {MaxBytes: 1 << 20, MaxAge: 10 * time.Second},
	} {
		asked := 0
		o.Account = func() Statistics { asked++; return *someStatistics() }
		c := record(t, filepath.Join(t.TempDir(), name+".pcapng"), o, frames)
		var all []Record
		for _, f := range c.Files() {
			part := readFile(t, f)
			info, err := os.Stat(f)
			if err != nil || o.MaxBytes > 0 && info.Size() > o.MaxBytes || o.MaxAge > 0 && len(part) != 10 {
				t.Errorf("%s has %d frames, %v", f, len(part), err)
			}
			all = append(all, part...)
		}
		if !reflect.DeepEqual(all, frames) || len(c.Files()) < 8 || asked != len(c.Files()) || c.Made() != asked {
			t.Errorf("%s: %d frames in %d files, account asked for %d times", name, len(all), len(c.Files()), asked)
		}
	}
}

func TestRotationKeeps(t *testing.T) {
	dir := t.TempDir()
	var frames []Record
	for range 50 {
		frames = append(frames, Record{Bytes: make([]byte, 60), Length: 60})
	}
	path := filepath.Join(dir, "x.pcap")
	c := record(t, path, RecorderOptions{MaxBytes: 500, Keep: 3}, frames)
	there, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || !reflect.DeepEqual(there, c.Files()) || len(there) != 3 {
		t.Errorf("files %v, want %v, error %v", there, c.Files(), err)
	}
	if _, err := Create(path, RecorderOptions{MaxBytes: 500}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second series: error %v", err)
	}
}

// TestRecorderOnFullDisk shows that the file is cut to whole records.
func TestRecorderOnFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcapng")
	c, err := Create(path, RecorderOptions{About: eth0})
	if err != nil {
		t.Fatal(err)
	}
	c.w.out = &shortDisk{c.file, 1000}
	for _, f := range someFrames() {
		if err := c.Write(&f); err != nil {
			t.Fatal(err)
		}
	}
	err = c.Close()
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "bytes are whole records") {
		t.Errorf("error %v", err)
	}
	if got := readFile(t, path); len(got) != 3 {
		t.Errorf("%d frames are in the file, want 3", len(got))
	}
	if c.Frames() != 3 {
		t.Errorf("it says that %d frames are in the file", c.Frames())
	}
	if again := c.Write(&someFrames()[0]); again != err {
		t.Errorf("writing on: %v", again)
	}
	if err := c.Flush(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("flushing: %v", err)
	}
}

type shortDisk struct {
	f    *os.File
	room int
}

func (d *shortDisk) Write(p []byte) (int, error) {
	if len(p) <= d.room {
		d.room -= len(p)
		return d.f.Write(p)
	}
	n, err := d.f.Write(p[:d.room])
	return n, errors.Join(err, &fs.PathError{Op: "write", Path: d.f.Name(), Err: syscall.ENOSPC})
}

func TestStream(t *testing.T) {
	var out bytes.Buffer
	c, err := Stream(&out, PcapNG, RecorderOptions{MaxBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range someFrames() {
		if err := c.Write(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(&out)
	if err != nil || !reflect.DeepEqual(got, someFrames()) {
		t.Errorf("%d frames, error %v", len(got), err)
	}
}
