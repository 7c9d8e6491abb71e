package result

import (
	"fmt"
	"io"
	"os"
	"time"
)

// End completes a document: how long the run took, whether it came to its end,
// and what was found.
func (d *Document) End(now time.Time, interrupted bool, body any, v Verdict) {
	d.TookNS = now.Sub(d.Started).Nanoseconds()
	d.State = Complete
	if interrupted {
		d.State = Interrupted
	}
	d.Result = body
	d.Verdict = Verdict{Status: v.Status, Exceeded: append([]string{}, v.Exceeded...), Untrusted: append([]string{}, v.Untrusted...)}
}

// File is where documents are kept. From the moment it is made it holds a
// document that says a run is under way, so that what a killed program leaves
// can be read.
type File struct {
	f     *os.File
	wrote bool
}

// Begin writes into an empty file the document of a run that begins. It is done
// now because a program may give up the right to open files before it measures.
func Begin(f *os.File, d *Document) (*File, error) {
	b, err := d.Encode()
	if err == nil {
		_, err = f.Write(b)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return &File{f: f}, nil
}

// Write puts a document into the file: the first in place of the one that said
// the run is under way, others behind it, each a line.
func (f *File) Write(d *Document) error {
	b, err := d.Encode()
	if err != nil {
		return err
	}
	if !f.wrote {
		f.wrote = true
		if err := f.f.Truncate(0); err != nil {
			return err
		}
		if _, err := f.f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	_, err = f.f.Write(b)
	return err
}

// Close ends the file; it is on the disk then.
func (f *File) Close() error {
	err := f.f.Sync()
	if closeErr := f.f.Close(); err == nil {
		err = closeErr
	}
	return err
}
