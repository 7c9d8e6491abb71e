package vmtest

import (
	"fmt"
	"strings"
	"testing"
)

// TestCardPads: a frame goes out with 60 bytes at least, padded with zeros.
func TestCardPads(t *testing.T) {
	guest(t)
	p := begin(t, true, "listen", "-i", "cb", "-t", "0x88b5", "-c", "2", "-d", "150", "--json")
	run(t, "send", "-i", "ca", "--to", macB, "-c", "2", "-b", "10pps", "--payload", "hello", "-q")
	want := `"hex":"02000000000b02000000000a88b568656c6c6f` + strings.Repeat("00", 60-14-5) + `"`
	if p.wait(t); p.count("frame", `"length":60,`, want) != 2 {
		t.Errorf("not 2 frames of 60 bytes with zeros behind the payload")
	}
}

// TestCardFullSize: the longest frame of the MTU comes whole, tagged and not,
// and one byte more is refused.
func TestCardFullSize(t *testing.T) {
	guest(t)
	for _, mtu := range []int{1500, 9000} {
		t.Run(fmt.Sprint(mtu), func(t *testing.T) { fullSize(t, mtu) })
	}
}

func fullSize(t *testing.T, mtu int) {
	for _, card := range []string{"ca", "cb"} {
		if most(t, card) < mtu {
			t.Skipf("%s takes an MTU of %d at most", card, most(t, card))
		}
		ip(t, fmt.Sprintf("link set %s mtu %d", card, mtu))
		carrier(t, card)
	}
	for _, tag := range []string{"", "3:10"} {
		length := mtu + 14
		heard, sends := []string{"listen", "-i", "cb", "-t", "0x88b5", "-c", "2", "-d", "150", "--json"}, []string{"send", "-i", "ca", "--to", macB, "-c", "2", "-b", "10pps", "-q"}
		if tag != "" {
			length += 4
			heard, sends = append(heard, "-Q", "10"), append(sends, "-Q", tag)
		}
		p := begin(t, true, heard...)
		run(t, append(sends, "-s", fmt.Sprint(length+4))...)
		if p.wait(t); p.count("frame", fmt.Sprintf(`"length":%d,"captured":%d,`, length, length)) != 2 {
			t.Errorf("tag %q: not 2 frames of %d bytes", tag, length)
		}
		if tag != "" { // the kernel lets any frame be 4 bytes longer, for a tag it does not look for
			continue
		}
		if p := run(t, append(sends, "-s", fmt.Sprint(length+4+8))...); p.status == 0 {
			t.Errorf("%d bytes more than the MTU allows were taken", 8)
		}
	}
}

// most is the greatest MTU of a card.
func most(t *testing.T, card string) (n int) {
	t.Helper()
	_, rest, _ := strings.Cut(must(t, "ip", "-d", "link", "show", "dev", card), " maxmtu ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
