package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"
)

// allocated is how many bytes fn allocates in all, freed or not.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryDoesNotGrowWithTheFile reads many frames and allocates only what
// reading one takes.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const enough = 2 << 20
	frames := make([]Record, 100_000)
	for i := range frames {
		frames[i] = Record{Bytes: make([]byte, 60), Time: time.Unix(int64(i), 0)}
	}
	for _, format := range []Format{Pcap, PcapNG} {
		file := encode(t, format, frames)
		n := 0
		used := allocated(func() {
			r, err := NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			var rec Record
			for ; err == nil; n++ {
				err = r.Next(&rec)
			}
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
		})
		if n != len(frames)+1 || used > enough {
			t.Errorf("%s: %d bytes allocated for %d frames in %d bytes, want under %d", format, used, n-1, len(file), enough)
		}
	}
}

// TestClaimsAreNotBelieved gives lengths of many bytes with none behind them.
func TestClaimsAreNotBelieved(t *testing.T) {
	block := func(kind, length uint32) []byte {
		b := append(encode(t, PcapNG, nil)[:0:0], encode(t, PcapNG, nil)...)
		b = b[:len(b)-len(appendStatistics(nil, someStatistics()))]
		b = binary.LittleEndian.AppendUint32(b, kind)
		return append(binary.LittleEndian.AppendUint32(b, length), make([]byte, 100)...)
	}
	pcap := encode(t, Pcap, nil)
	pcap = append(pcap, 0, 0, 0, 0, 0, 0, 0, 0)
	pcap = append(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(pcap, MaxFrame), MaxFrame), 1, 2, 3)
	for name, file := range map[string][]byte{
		"packet block":    block(blockEnhanced, maxRecord),
		"interface block": block(blockInterface, maxRecord),
		"unknown block":   block(0x7777, 0xfffffffc),
		"name block":      block(4, 0xfffffffc),
		"pcap record":     pcap,
		"zstd window":     append([]byte("\x28\xb5\x2f\xfd\x00\x88\x19\x00\x00"), 'a', 'b', 'c'),
	} {
		var err error
		used := allocated(func() { _, err = readAll(bytes.NewReader(file)) })
		if err == nil || used > 4<<20 {
			t.Errorf("%s: %d bytes allocated for a file of %d, error %v", name, used, len(file), err)
		}
	}
}
