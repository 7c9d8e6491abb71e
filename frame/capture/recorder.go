package capture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// RecorderOptions say how a capture is kept.
type RecorderOptions struct {
	About Interface
	// Force overwrites a file that is there already.
	Force bool
	// Open makes each file: empty, plain, readable by its owner alone, and over
	// an old one only with force. Nil is a function that does so and goes
	// through no symbolic link.
	Open func(path string, force bool) (*os.File, error)
	// MaxBytes and MaxAge begin a new file when the next frame would make the
	// file longer, or is captured later than its first frame by that much.
	// Zero is no limit. With either, file x.pcapng is x-00001.pcapng and so on.
	MaxBytes int64
	MaxAge   time.Duration
	// Keep removes the oldest file when there are more; 0 keeps all.
	Keep int
	// Account is asked for the statistics at the end of every pcapng file. It
	// may be nil.
	Account func() Statistics
}

// A Recorder writes a capture to a file, a series of files, or a stream.
// Files are readable by their owner alone. It is not safe for concurrent use.
type Recorder struct {
	o      RecorderOptions
	path   string // as asked for
	format Format
	w      *Writer
	file   *os.File // nil for a stream
	names  []string // of the files that are kept
	number int      // of files made
	frames uint64
	first  time.Time   // the first frame of this file
	empty  bool        // this file has no frame yet
	said   *Statistics // the account last given to a stream
	err    error       // that ended the capture
}

// Create makes the capture file, which must not be there unless Force, and
// never goes through a symbolic link nor into what is no plain file. The
// format follows the name: see FormatOf.
func Create(path string, o RecorderOptions) (*Recorder, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory: name a file in it", path)
	}
	c := &Recorder{o: o, path: path, format: FormatOf(path)}
	if c.rotates() && !o.Force {
		if there, _ := filepath.Glob(c.name("[0-9][0-9][0-9][0-9][0-9]")); len(there) > 0 {
			return nil, fmt.Errorf("%s is there already: --force overwrites it", there[0])
		}
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return c, nil
}

// Stream writes the capture to out, which it does not close, as one file
// without limits.
func Stream(out io.Writer, format Format, o RecorderOptions) (*Recorder, error) {
	o.MaxBytes, o.MaxAge = 0, 0
	c := &Recorder{o: o, format: format, empty: true}
	var err error
	if c.w, err = NewWriter(out, format, o.About); err != nil {
		return nil, err
	}
	// Whoever reads the stream waits for its head.
	if err := c.Flush(); err != nil {
		return nil, err
	}
	return c, nil
}

// Frames is how many frames were taken, in all files. After an error it is how
// many are in them.
func (c *Recorder) Frames() uint64 { return c.frames }

// Files are the names of the files made and not removed again, oldest first.
func (c *Recorder) Files() []string { return c.names }

// Made is how many files were made, with those that were removed again.
func (c *Recorder) Made() int { return c.number }

func (c *Recorder) rotates() bool { return c.o.MaxBytes > 0 || c.o.MaxAge > 0 }

// name is the path of a file of the series.
func (c *Recorder) name(number string) string {
	ext := filepath.Ext(c.path)
	return strings.TrimSuffix(c.path, ext) + "-" + number + ext
}

// open begins the next file.
func (c *Recorder) open() error {
	path := c.path
	c.number++
	if c.rotates() {
		path = c.name(fmt.Sprintf("%05d", c.number))
	}
	create := c.o.Open
	if create == nil {
		create = createFile
	}
	f, err := create(path, c.o.Force)
	if err != nil {
		return err
	}
	c.file, c.empty = f, true
	c.names = append(c.names, path)
	c.w, err = NewWriter(f, c.format, c.o.About)
	if err == nil {
		err = c.w.Flush()
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if c.o.Keep > 0 && len(c.names) > c.o.Keep {
		oldest := c.names[0]
		c.names = c.names[1:]
		return os.Remove(oldest)
	}
	return nil
}

// createFile makes a plain file that only its owner can read.
func createFile(path string, force bool) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	if !force {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(path, flags, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("%s is there already: --force overwrites it", path)
	case errors.Is(err, syscall.ELOOP):
		return nil, fmt.Errorf("%s is a symbolic link: name the file itself", path)
	case errors.Is(err, syscall.ENXIO):
		return nil, fmt.Errorf("%s is not a plain file: -w - writes to standard output", path)
	case err != nil:
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a plain file: -w - writes to standard output", path)
	}
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Truncate(0))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Write adds a frame. An error is final: the file has been ended behind the
// last whole record that it has room for.
func (c *Recorder) Write(r *Record) error {
	if c.due(r) {
		c.err = c.endFile()
		if c.err == nil {
			c.err = c.open()
		}
	}
	if c.err != nil {
		return c.err
	}
	if c.empty {
		c.first, c.empty = r.Time, false
	}
	if err := c.w.Write(r); err != nil {
		return c.broken(err)
	}
	c.frames++
	return nil
}

// recordRoom is what a file must have room for besides a frame's bytes: the head
// and options of its record, and the account behind the last.
const recordRoom = 64 + 256

// due says that the frame belongs into a new file.
func (c *Recorder) due(r *Record) bool {
	if c.empty {
		return false
	}
	return c.o.MaxBytes > 0 && c.w.Size()+int64(len(r.Bytes))+recordRoom > c.o.MaxBytes ||
		c.o.MaxAge > 0 && r.Time.Sub(c.first) >= c.o.MaxAge
}

// Flush gives the file, or the program that reads the stream, what there is.
func (c *Recorder) Flush() error {
	if c.err != nil {
		return c.err
	}
	if err := c.w.Flush(); err != nil {
		return c.broken(err)
	}
	return nil
}

// Report gives the program that reads a stream the account of it up to now, if
// it has lost more frames than the last one said. That program may stop reading
// at any time, and would never see the account at the end.
func (c *Recorder) Report() error {
	if c.file != nil || c.err != nil || c.o.Account == nil || c.format != PcapNG {
		return c.err
	}
	a := c.o.Account()
	if c.said != nil && a.lost() == c.said.lost() {
		return nil
	}
	c.said = &a
	if err := c.w.Close(&a); err != nil {
		return c.broken(err)
	}
	return nil
}

// Close ends the capture with its account.
func (c *Recorder) Close() error {
	if c.err != nil {
		return c.err
	}
	c.err = c.endFile()
	if c.err != nil {
		return c.err
	}
	c.err = os.ErrClosed
	return nil
}

func (c *Recorder) endFile() error {
	var account *Statistics
	if c.o.Account != nil {
		a := c.o.Account()
		account = &a
	}
	if err := c.w.Close(account); err != nil {
		return c.broken(err)
	}
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file = nil
	return err
}

// broken ends the capture: it cuts off the part of a record that a full disk
// took, and says where the capture ends.
func (c *Recorder) broken(err error) error {
	c.frames -= c.w.Lost()
	if c.file == nil {
		c.err = fmt.Errorf("write capture: %w", err)
		return c.err
	}
	err = errors.Join(err, c.file.Truncate(c.w.Written()), c.file.Close())
	c.file = nil
	c.err = fmt.Errorf("write %s: %w; its %d bytes are whole records", c.names[len(c.names)-1], err, c.w.Written())
	return c.err
}
