package ifacetest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"time"

	"eterm/iface"
)

// patience bounds every wait for frames that must come.
const patience = 5 * time.Second

// reporter and runner are what Conform needs of a *testing.T: a program that has a
// switch of this package in it is no test, and needs nothing of package testing.
type reporter interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

type runner[T any] interface {
	reporter
	Run(string, func(T)) bool
}

// Conform tests that a and b keep the contract of iface.Port. They must be
// joined by something that forwards everything, unharmed and in order, and
// have the same MTU. Other traffic is left out of account. Both are closed at
// the end.
func Conform[T runner[T]](t T, a, b iface.Port) {
	c := &conformance{a: a, b: b}
	for _, test := range []struct {
		name string
		run  func(reporter)
	}{
		{"order and bytes", c.order},
		{"frames are not kept", c.notKept},
		{"lengths", c.lengths},
		{"lengths refused", c.lengthsRefused},
		{"tags", c.tags},
		{"classes", c.classes},
		{"own frames stay away", c.ownFrames},
		{"memory is the caller's", c.memory},
		{"deadlines", c.deadlines},
		{"counters", c.counters},
		{"close", c.close},
	} {
		t.Run(test.name, func(t T) { test.run(t) })
	}
}

type conformance struct {
	a, b   iface.Port
	number uint32
}

// mark starts the payload of every frame of this test.
var mark = []byte("eterm/ifacetest conform")

// frame makes a new frame of length bytes, unlike all others, from a to dst.
func (c *conformance) frame(dst net.HardwareAddr, length int, tags ...byte) []byte {
	f := append(append([]byte{}, dst...), c.a.HardwareAddr()...)
	f = append(append(f, tags...), 0x88, 0xb5)
	f = append(f, mark...)
	f = binary.BigEndian.AppendUint32(f, c.number)
	c.number++
	for len(f) < length {
		f = append(f, byte(len(f)))
	}
	return f[:max(length, 14)]
}

func (c *conformance) frames(n, length int, tags ...byte) (frames [][]byte) {
	for range n {
		frames = append(frames, c.frame(c.b.HardwareAddr(), length, tags...))
	}
	return frames
}

// exchange sends frames from a and takes as many from b.
func (c *conformance) exchange(t reporter, frames [][]byte) []iface.Received {
	t.Helper()
	send(t, c.a, frames)
	return c.collect(t, c.b, len(frames))
}

func send(t reporter, p iface.Port, frames [][]byte) {
	t.Helper()
	if n, err := p.Send(frames); n != len(frames) || err != nil {
		t.Fatalf("Send took %d of %d frames: %v", n, len(frames), err)
	}
}

// collect receives n frames of this test.
func (c *conformance) collect(t reporter, p iface.Port, n int) (got []iface.Received) {
	t.Helper()
	check(t, p.SetReadDeadline(time.Now().Add(patience)))
	defer p.SetReadDeadline(time.Time{})
	rx := make([]iface.Received, 7)
	for len(got) < n {
		k, err := p.Receive(rx)
		if err != nil || k < 1 || k > len(rx) {
			t.Fatalf("Receive = %d, %v after %d of %d frames", k, err, len(got), n)
		}
		for _, r := range rx[:k] {
			if ours(r.Bytes) {
				r.Bytes = bytes.Clone(r.Bytes)
				got = append(got, r)
			}
		}
	}
	return got
}

// ours says whether a frame is of this test: it has the mark, or no room for it.
func ours(frame []byte) bool {
	rest := frame[12:]
	for len(rest) >= 6 && (rest[0] == 0x81 || rest[0] == 0x88 && rest[1] == 0xa8) {
		rest = rest[4:]
	}
	return len(rest) >= 2 && rest[0] == 0x88 && rest[1] == 0xb5 &&
		(bytes.HasPrefix(rest[2:], mark) || bytes.HasPrefix(mark, rest[2:min(len(rest), 2+len(mark))]))
}

func (c *conformance) order(t reporter) {
	for _, n := range []int{1, 2, 64, 200} {
		frames := c.frames(n, 100)
		same(t, c.exchange(t, frames), frames)
	}
	if n, err := c.a.Send(nil); n != 0 || err != nil {
		t.Errorf("Send of nothing = %d, %v", n, err)
	}
}

func (c *conformance) notKept(t reporter) {
	frames := c.frames(3, 80)
	want := [][]byte{bytes.Clone(frames[0]), bytes.Clone(frames[1]), bytes.Clone(frames[2])}
	send(t, c.a, frames)
	for _, f := range frames {
		clear(f)
	}
	same(t, c.collect(t, c.b, 3), want)
}

func (c *conformance) lengths(t reporter) {
	for _, length := range []int{14, 15, 59, 60, 61, 64, 1000, c.a.MTU() + 14} {
		frames := c.frames(1, length)
		same(t, c.exchange(t, frames), frames)
	}
	tagged := c.frames(1, c.a.MTU()+18, 0x81, 0, 0, 100)
	same(t, c.exchange(t, tagged), tagged)
}

func (c *conformance) lengthsRefused(t reporter) {
	long := c.a.MTU() + 14 + 1
	for _, test := range []struct {
		frame []byte
		want  error
	}{
		{c.frame(c.b.HardwareAddr(), long), iface.ErrTooLong},
		{c.frame(c.b.HardwareAddr(), long+4, 0x81, 0, 0, 1), iface.ErrTooLong},
		{c.frame(c.b.HardwareAddr(), long, 0x88, 0xa8, 0, 1), iface.ErrTooLong},
		{c.frame(c.b.HardwareAddr(), 14)[:13], iface.ErrTooShort},
		{[]byte{}, iface.ErrTooShort},
	} {
		good := c.frames(2, 60)
		n, err := c.a.Send([][]byte{good[0], test.frame, good[1]})
		if n != 1 || !errors.Is(err, test.want) {
			t.Errorf("Send with a frame of %d bytes in the middle = %d, %v; want 1, %v", len(test.frame), n, err, test.want)
		}
		send(t, c.a, good[1:])
		same(t, c.collect(t, c.b, 2), good)
	}
}

func (c *conformance) tags(t reporter) {
	for _, tags := range [][]byte{
		{0x81, 0, 0x60, 100}, {0x81, 0, 0, 0}, {0x81, 0, 0x1f, 0xff},
		{0x88, 0xa8, 0xe0, 5}, {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6}, {0x81, 0, 0, 5, 0x81, 0, 0, 6},
	} {
		frames := c.frames(2, 90, tags...)
		same(t, c.exchange(t, frames), frames)
	}
}

func (c *conformance) classes(t reporter) {
	for dst, want := range map[string]iface.Class{
		c.b.HardwareAddr().String(): iface.ToHost,
		"ff:ff:ff:ff:ff:ff":         iface.ToBroadcast,
		"33:33:00:00:00:fb":         iface.ToMulticast,
	} {
		mac, _ := net.ParseMAC(dst)
		if r := c.exchange(t, [][]byte{c.frame(mac, 60)})[0]; r.To != want {
			t.Errorf("a frame to %s is of class %d, want %d", dst, r.To, want)
		}
	}
}

// ownFrames sends from a and then from b: the first frame of this test that a
// receives must be b's.
func (c *conformance) ownFrames(t reporter) {
	c.exchange(t, c.frames(5, 60))
	back := c.frame(c.a.HardwareAddr(), 60)
	copy(back[6:], c.b.HardwareAddr())
	send(t, c.b, [][]byte{back})
	same(t, c.collect(t, c.a, 1), [][]byte{back})
}

func (c *conformance) memory(t reporter) {
	frames := c.frames(2, 70)
	send(t, c.a, frames)
	own := make([]byte, 0, 4096)
	rx := []iface.Received{{Bytes: own}}
	check(t, c.b.SetReadDeadline(time.Now().Add(patience)))
	for got := 0; got < 2; {
		n, err := c.b.Receive(rx)
		if n != 1 || err != nil {
			t.Fatalf("Receive = %d, %v", n, err)
		}
		if &rx[0].Bytes[:1][0] != &own[:1][0] {
			t.Fatal("Receive did not write into the memory it was given")
		}
		if ours(rx[0].Bytes) {
			got++
		}
	}
	check(t, c.b.SetReadDeadline(time.Time{}))
}

func same(t reporter, got []iface.Received, want [][]byte) {
	t.Helper()
	now := time.Now()
	for i, r := range got {
		if !bytes.Equal(r.Bytes, want[i]) {
			t.Fatalf("frame %d of %d arrived as\n%x, sent was\n%x", i, len(got), r.Bytes, want[i])
		}
		if r.Length != len(want[i]) {
			t.Errorf("frame %d: Length %d, want %d", i, r.Length, len(want[i]))
		}
		if age := now.Sub(r.At); age < -time.Second || age > 10*patience {
			t.Errorf("frame %d has a timestamp of %v ago", i, age)
		}
	}
}

func check(t reporter, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
