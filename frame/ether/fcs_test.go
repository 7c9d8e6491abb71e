package ether

import (
	"bytes"
	"encoding/hex"
	"hash/crc32"
	"testing"
)

// TestFCS: the residue that every receiver looks for (a frame with its FCS has always the
// same CRC), and a value of another implementation.
func TestFCS(t *testing.T) {
	frame := bytes.Repeat([]byte{0xa5, 1}, 40)
	fcs := FCS(frame)
	if got := crc32.ChecksumIEEE(append(bytes.Clone(frame), fcs[:]...)); got != 0x2144df1c {
		t.Errorf("residue %#x", got)
	}
	nines := append(bytes.Repeat([]byte("123456789"), 6), "123456"...)
	if got := FCS(nines); hex.EncodeToString(got[:]) != "683e90f8" { // by zlib's crc32, lowest byte first
		t.Errorf("%x", got)
	}
}
