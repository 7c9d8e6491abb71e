package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// endless is a head, and then one thing for ever.
type endless struct {
	head, then []byte
	at         int // in then
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	for e.head = e.head[n:]; n < len(p); {
		more := copy(p[n:], e.then[e.at:])
		n, e.at = n+more, (e.at+more)%len(e.then)
	}
	return n, nil
}

// compressors make a file of what they are given.
var compressors = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

// TestCompressedNothingIsBounded: what decompresses to any amount of text or
// blocks without a frame is read for a bounded time; frames with much between
// them too, and the frames before that are given.
func TestCompressedNothingIsBounded(t *testing.T) {
	block := append(append([]byte("\x40\x00\x00\x00\x00\x10\x00\x00"), make([]byte, 4096-12)...), "\x00\x10\x00\x00"...)
	for name, e := range map[string]endless{
		"empty lines":            {nil, bytes.Repeat([]byte("\n"), 4096), 0},
		"comments":               {nil, []byte(strings.Repeat("# nothing\n", 400)), 0},
		"blocks without a frame": {encode(t, PcapNG, someFrames()), block, 0},
	} {
		for with, compress := range compressors {
			frames := 0
			if e.head != nil {
				frames = len(someFrames())
			}
			r, w := io.Pipe()
			source := e
			go func() {
				z := compress(w)
				_, err := io.Copy(z, &source)
				w.CloseWithError(err)
			}()
			began := time.Now()
			c, err := NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			var rec Record
			n := 0
			for ; err == nil; n++ {
				err = c.Next(&rec)
			}
			var damage *DamageError
			if !errors.As(err, &damage) || !damage.Decompressed || !strings.Contains(damage.Problem, "hardly a frame") || n-1 != frames || damage.Offset > withoutFrame+int64(frames+1)*aroundFrame+1<<20 {
				t.Errorf("%s by %s: %d frames, %v", name, with, n-1, err)
			}
			r.Close()
			t.Logf("%s by %s: %v", name, with, time.Since(began))
		}
	}
}
