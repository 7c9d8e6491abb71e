package result

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// A page carries its documents in a data block: JSON lines, packed with gzip,
// in base64 of RFC 4648 section 5 without padding, which HTML needs not escape.
// Browsers do not run blocks of a type that is no script.
const (
	dataOpen  = `<script type="application/x-eterm-result" id="eterm-result">`
	dataClose = `</script>`
)

// DataBlock is the element that makes a page its own source. It is safe in
// HTML whatever the documents hold.
func DataBlock(docs []*Document) (string, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	for _, d := range docs {
		if _, err := z.Write(append(bytes.Clone(d.Source()), '\n')); err != nil {
			return "", err
		}
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return dataOpen + base64.RawURLEncoding.EncodeToString(packed.Bytes()) + dataClose, nil
}

// isPage tells HTML from JSON.
func isPage(b []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(b), []byte("<")) }

// pageData is what a page carries.
func pageData(page []byte) ([]byte, error) {
	_, rest, ok := bytes.Cut(page, []byte(dataOpen))
	if !ok {
		return nil, fmt.Errorf("%w: a page without one", ErrNone)
	}
	text, _, ok := bytes.Cut(rest, []byte(dataClose))
	if !ok {
		return nil, errors.New("is cut off: its data do not end")
	}
	packed := make([]byte, base64.RawURLEncoding.DecodedLen(len(text)))
	n, err := base64.RawURLEncoding.Decode(packed, text)
	if err != nil {
		return nil, errors.New("is damaged: its data are not base64")
	}
	z, err := gzip.NewReader(bytes.NewReader(packed[:n]))
	if err != nil {
		return nil, errors.New("is damaged: its data are not packed")
	}
	b, err := io.ReadAll(io.LimitReader(z, maxFile+1))
	switch {
	case err != nil:
		return nil, errors.New("is damaged: its data do not unpack")
	case len(b) > maxFile:
		return nil, fmt.Errorf("unpacks to more than %d MiB, which no result does", maxFile>>20)
	}
	return b, nil
}
