package show

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"eterm/cmd/internal/golden"
	"eterm/frame"
	"eterm/iface"
)

// shown are frames of every kind that a printer treats in its own way.
func shown(t *testing.T) map[string][]byte {
	t.Helper()
	frames := map[string][]byte{}
	for name, digits := range map[string]string{
		"demo":   "ffffffffffff02000000000a88b5000102030405060708090a0b0c0d0e0f" + strings.Repeat("00", 30),
		"tagged": "02000000000b02000000000a88a8600a8100000588b5" + hex.EncodeToString([]byte("hello \x1b[31m\xff")),
		"echo":   "02000000000b02000000000a080045000021000000004001b6d7c0000201c00002020800dc9b0007000168656c6c6f" + strings.Repeat("00", 13),
		"short":  "0200",
	} {
		b, err := hex.DecodeString(digits)
		must(t, err)
		frames[name] = b
	}
	return frames
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFormats(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 60_007, time.Local)
	for _, format := range []Format{FormatDump, FormatLine, FormatNotation, FormatTree, FormatClassic, FormatJSON} {
		var out bytes.Buffer
		p := NewFrames(NewOutput(&out), FramesOptions{Format: format})
		for _, name := range []string{"demo", "tagged", "echo", "short"} {
			b := shown(t)[name]
			must(t, p.Sending(b, at, func() error { return nil }))
			must(t, p.Received(iface.Received{Bytes: b, At: at.Add(time.Second), Length: len(b) + 100}))
		}
		must(t, p.Flush())
		text := out.String()
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
			t.Errorf("%s prints what a terminal would obey: %q", format, text)
		}
		golden.Check(t, "format-"+string(format)+".txt", strings.ReplaceAll(text, at.UTC().Format("2006-01-02T15:04"), "2026-01-02T03:04"))
	}
}

// TestPendingChecksum: a checksum that this kernel has yet to fill in is not a
// wrong one.
func TestPendingChecksum(t *testing.T) {
	b, err := hex.DecodeString("02000000000b02000000000a0800" + "4500001c0000000040110000c0000201c0000202" + "0001000200081234" + strings.Repeat("00", 18))
	must(t, err)
	for pending, want := range map[bool]string{true: "not filled in yet", false: "bad checksum udp.checksum"} {
		var out bytes.Buffer
		p := NewFrames(NewOutput(&out), FramesOptions{Format: FormatLine})
		must(t, p.Received(iface.Received{Bytes: b, Length: len(b), ChecksumPending: pending}))
		must(t, p.Flush())
		line := out.String()
		if !strings.Contains(line, want) || pending && strings.Contains(line, "udp.checksum") {
			t.Errorf("pending %t: %s", pending, line)
		}
	}
}

// TestFaultyCounts: in every format what came with a fault is counted, what was
// sent so is not, nor what only capturing cut short.
func TestFaultyCounts(t *testing.T) {
	echo, err := frame.Parse("eth dst=02:00:00:00:00:0b src=02:00:00:00:00:0a / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / zeros 20")
	must(t, err)
	b := echo.Append(nil)
	bad := bytes.Clone(b)
	bad[24]++ // the header checksum
	for _, format := range []Format{FormatDump, FormatLine, FormatNotation, FormatTree, FormatClassic, FormatJSON} {
		p := NewFrames(NewOutput(io.Discard), FramesOptions{Format: format})
		must(t, p.Received(iface.Received{Bytes: b, Length: len(b)}))
		must(t, p.Received(iface.Received{Bytes: b[:50], Length: len(b)}))
		must(t, p.Sending(bad, time.Now(), func() error { return nil }))
		if n := p.Faulty(); n != 0 {
			t.Errorf("%s: %d faulty of none", format, n)
		}
		must(t, p.Received(iface.Received{Bytes: bad, Length: len(bad)}))
		if n := p.Faulty(); n != 1 {
			t.Errorf("%s: %d faulty of one", format, n)
		}
	}
}

// TestSnap: no more of a frame is shown than asked for, in any format.
func TestSnap(t *testing.T) {
	b := bytes.Repeat([]byte{0xee}, 60)
	for format, want := range map[Format]int{FormatDump: 20, FormatClassic: 20} {
		var out bytes.Buffer
		p := NewFrames(NewOutput(&out), FramesOptions{Format: format, Snap: 20})
		must(t, p.Sending(b, time.Now(), func() error { return nil }))
		must(t, p.Flush())
		if n := strings.Count(strings.ReplaceAll(out.String(), " ", ""), "ee"); n < want-1 || n > want+16 {
			t.Errorf("%s shows %d bytes of 20:\n%s", format, n, &out)
		}
	}
}

// FuzzFormats: whatever arrives, JSON stays JSON and text stays printable.
func FuzzFormats(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x0b\x02\x00\x00\x00\x00\x0a\x81\x00"))
	f.Add(bytes.Repeat([]byte{0x81, 0x00}, 40))
	f.Fuzz(func(t *testing.T, b []byte) {
		var object map[string]any
		r := iface.Received{Bytes: b, At: time.Now(), Length: len(b)}
		line := (&frameObject{direction: "received", at: r.At, length: r.Length, bytes: b}).append(nil)
		if err := json.Unmarshal(line, &object); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		p := &Frames{FramesOptions: FramesOptions{Format: FormatDump}}
		text := append(p.appendClassic(nil, wasSent, r), p.appendSummary(nil, wasSent, r)...)
		text = p.decoded.AppendDump(text, frame.DumpOptions{})
		if bytes.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
			t.Errorf("unprintable: %q", text)
		}
	})
}

// BenchmarkPrint is what printing one frame costs a receiver.
func BenchmarkPrint(b *testing.B) {
	demo, err := hex.DecodeString("ffffffffffff02000000000a88b5000102030405060708090a0b0c0d0e0f" + strings.Repeat("00", 30))
	must(b, err)
	for _, size := range []int{60, 1514} {
		data := append(demo, make([]byte, size-60)...)
		for _, format := range []Format{FormatDump, FormatLine, FormatJSON} {
			b.Run(fmt.Sprintf("%s/%d", format, size), func(b *testing.B) {
				p := NewFrames(NewOutput(io.Discard), FramesOptions{Format: format})
				r := iface.Received{Bytes: data, Length: size, At: time.Now()}
				b.ReportAllocs()
				for b.Loop() {
					must(b, p.Received(r))
				}
			})
		}
	}
}
