package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ReadAll is all records of a file, in memory of their own. It is an error if their
// frames have more bytes than most.
func ReadAll(in io.Reader, most int64) (all []Record, err error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, err
	}
	for {
		var rec Record
		err := r.Next(&rec)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("frame %d: %w", len(all)+1, err)
		}
		if most -= int64(len(rec.Bytes)); most < 0 {
			return all, fmt.Errorf("more than can be held: the first %d frames fit", len(all))
		}
		rec.Bytes, rec.Comments = bytes.Clone(rec.Bytes), slices.Clone(rec.Comments)
		all = append(all, rec)
	}
}
