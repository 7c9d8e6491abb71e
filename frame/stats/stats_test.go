package stats

import (
	"encoding/binary"
	"testing"

	"eterm/frame/ether"
)

// frames of a VLAN and of none, with the EtherType 0x88b5.
var (
	plain  = append([]byte{2, 0, 0, 0, 0, 0xb, 2, 0, 0, 0, 0, 0xa, 0x88, 0xb5}, make([]byte, 46)...)
	tagged = append([]byte{2, 0, 0, 0, 0, 0xb, 2, 0, 0, 0, 0, 0xa, 0x88, 0xa8, 0x60, 10, 0x81, 0, 0, 5, 0x88, 0xb5}, make([]byte, 38)...)
)

// TestCounter counts by what frames are, within bounded memory.
func TestCounter(t *testing.T) {
	var n Counter
	for i := range 3 * MaxSources {
		b := append([]byte{}, tagged...)
		b[9], b[10] = byte(i>>8), byte(i)
		n.Add(b, 100)
	}
	n.Add(plain, 60)
	n.Add([]byte{1, 2}, 2)
	c := n.Counts()
	if c.Frames != 3*MaxSources+2 || c.Bytes != 300*MaxSources+62 || c.ByType[0x88b5] != 3*MaxSources+1 || c.ByVLAN[10] != 3*MaxSources || len(c.ByVLAN) != 1 {
		t.Errorf("%d frames, %d bytes, %v, %v", c.Frames, c.Bytes, c.ByType, c.ByVLAN)
	}
	var sources uint64
	for _, count := range c.BySource {
		sources += count
	}
	if len(c.BySource) > MaxSources || sources+c.OtherSources != 3*MaxSources+1 || c.OtherSources == 0 {
		t.Errorf("%d sources hold %d frames, others %d", len(c.BySource), sources, c.OtherSources)
	}
	if c.BySource[ether.Addr{2, 0, 0, 0, 0, 0xa}] != 2 {
		t.Errorf("the first source has %d frames, want 2", c.BySource[ether.Addr{2, 0, 0, 0, 0, 0xa}])
	}
}

// FuzzCounter: whatever frames hold, each is counted once in every way.
func FuzzCounter(f *testing.F) {
	f.Add(plain)
	f.Add(tagged)
	f.Add(tagged[:19])
	f.Fuzz(func(t *testing.T, b []byte) {
		var n Counter
		n.Add(b, len(b))
		n.Add(b, len(b))
		c := n.Counts()
		want := uint64(2)
		if len(b) < ether.HeaderLen {
			want = 0
		}
		if c.Frames != 2 || sum(c.ByType) != want || sum(c.BySource) != want || sum(c.ByVLAN) > want {
			t.Errorf("%+v", c)
		}
		if again := n.Counts(); sum(again.BySource) != want {
			t.Errorf("counted anew: %+v", again)
		}
	})
}

func sum[K comparable](by map[K]uint64) (all uint64) {
	for _, n := range by {
		all += n
	}
	return all
}

// BenchmarkCounter is what counting one frame costs a receiver.
func BenchmarkCounter(b *testing.B) {
	var n Counter
	for i := 0; b.Loop(); i++ {
		binary.BigEndian.PutUint16(plain[20:], uint16(i))
		n.Add(plain, 60)
	}
}
