package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Read gives what is in a directory's journal, also while it grows. Torn is the
// length of a last line that is not whole.
func Read(dir string) (entries []Entry, torn int, err error) {
	f, err := os.Open(filepath.Join(dir, Lines))
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	entries, _, torn, err = read(f)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return entries, torn, nil
}

// read reads lines up to the end or a last one without an end; whole is where
// that begins. Damage anywhere else is an error.
func read(from io.Reader) (entries []Entry, whole int64, torn int, err error) {
	r := bufio.NewReaderSize(from, maxRun+1)
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return entries, whole, len(line), nil // what has no end was not written to it
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, 0, 0, fmt.Errorf("line %d: %w: it is longer than %d bytes", n, ErrDamaged, maxRun)
		case err != nil:
			return nil, 0, 0, err
		}
		e, why := decode(line[:len(line)-1])
		if why != "" {
			return nil, 0, 0, fmt.Errorf("line %d: %w: %s", n, ErrDamaged, why)
		}
		entries, whole = append(entries, e), whole+int64(len(line))
	}
}

// prefix is how a line begins, up to the check sum's eight digits.
const prefix = `{"crc":"`

// decode is one line, or what is wrong with it.
func decode(line []byte) (e Entry, why string) {
	const head = len(prefix) + 8 + len(`",`)
	if len(line) < head || !bytes.HasPrefix(line, []byte(prefix)) || string(line[head-2:head]) != `",` {
		return e, "it does not begin with a check sum"
	}
	if want := fmt.Sprintf("%08x", check(line[head:])); want != string(line[len(prefix):len(prefix)+8]) {
		return e, "its check sum is wrong"
	}
	rest := append([]byte{'{'}, line[head:]...)
	if err := json.Unmarshal(rest, &e); err != nil {
		return e, err.Error()
	}
	return e, ""
}
