package vmtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// qdisc is what tc says of a queueing discipline.
type qdisc struct {
	Handle         string
	Packets, Drops uint64
}

// netem is tc's own account of the netem that emulated made at a device.
func netem(t *testing.T, device string) qdisc {
	t.Helper()
	var all []qdisc
	text := must(t, "tc", "-s", "-j", "qdisc", "show", "dev", device)
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, q := range all {
		if q.Handle == "20:" {
			return q
		}
	}
	t.Fatalf("no netem: %s", text)
	return qdisc{}
}

// emulated makes a pair of devices with netem at the one that sends, for test
// frames alone: those of 200 bytes in IPv4/UDP, whose mark is of kind 2. What
// says what a test is about passes beside it, and is not in tc's account.
func emulated(t *testing.T, how string) {
	t.Helper()
	guest(t)
	needs(t, "veth", "sch_prio", "sch_netem", "cls_u32")
	ip(t, "link add va address "+macA+" type veth peer name vb address "+macB)
	t.Cleanup(func() { ip(t, "link del va") })
	for _, words := range []string{
		"qdisc add dev va root handle 1: prio bands 2 priomap" + strings.Repeat(" 0", 16),
		"qdisc add dev va parent 1:2 handle 20: netem limit 100000 " + how,
		"filter add dev va parent 1: protocol ip u32 match u16 0xe73d 0xffff at 28 match u8 0x12 0xff at 30 flowid 1:2",
	} {
		must(t, "tc", strings.Fields(words)...)
	}
	ip(t, "link set vb up")
	ip(t, "link set va up")
	carrier(t, "va")
}

// emulatedFrames are offered in each run through netem.
const emulatedFrames = 2000

// TestKernelNetem: what netem did to the frames is what a link test finds, frame
// by frame. tc counts what netem dropped and what left it; what it damaged or
// reordered it does not count, and tcpdump's capture tells.
func TestKernelNetem(t *testing.T) {
	for _, c := range []struct {
		name, how string
		check     func(t *testing.T, l link, q qdisc, frames [][]byte)
	}{
		{"nothing", "", netemNothing},
		{"delay", "delay 5ms", netemNothing},
		{"loss", "loss 3%", netemLoss},
		{"gemodel", "loss gemodel 2% 30% 80% 1%", netemLoss},
		{"duplicate", "duplicate 4%", netemDuplicate},
		{"corrupt", "corrupt 5%", netemCorrupt},
		{"reorder", "delay 20ms reorder 75%", netemReorder},
	} {
		t.Run(c.name, func(t *testing.T) {
			emulated(t, c.how)
			frames := capture(t, "vb")
			l, _ := linkRun(t, "--tx", "va", "--rx", "vb", "--ip", "192.0.2.1,192.0.2.2", "-s", "204",
				"-b", "500pps", "-c", fmt.Sprint(emulatedFrames))
			q := netem(t, "va")
			seen := testFrames(frames())
			t.Logf("tc: %+v; %d test frames captured", q, len(seen))
			if l.Offered != emulatedFrames || l.Lost != l.Where.OnTheWay || uint64(len(seen)) != q.Packets {
				t.Errorf("%+v: offered %d, lost here %d, %d captured of the %d that left", l, l.Offered, l.Lost-l.Where.OnTheWay, len(seen), q.Packets)
			}
			c.check(t, l, q, seen)
		})
	}
}

func netemNothing(t *testing.T, l link, q qdisc, _ [][]byte) {
	if l.Received != emulatedFrames || l.Lost+l.Duplicated+l.Reordered+l.Corrupted != 0 || q.Drops != 0 {
		t.Errorf("%+v, where no frame was touched", l)
	}
}

func netemLoss(t *testing.T, l link, q qdisc, _ [][]byte) {
	if l.Lost != q.Drops || l.Received != q.Packets || q.Drops == 0 {
		t.Errorf("lost %d and received %d, where tc dropped %d and sent %d", l.Lost, l.Received, q.Drops, q.Packets)
	}
}

func netemDuplicate(t *testing.T, l link, q qdisc, _ [][]byte) {
	if l.Duplicated != q.Packets-emulatedFrames || l.Lost != 0 || l.Duplicated == 0 {
		t.Errorf("duplicated %d and lost %d, where %d frames came of %d", l.Duplicated, l.Lost, q.Packets, emulatedFrames)
	}
}

// netemCorrupt: one bit of a damaged frame is wrong. Every one is said to be
// corrupted; where the bit keeps the frame from being taken for one of the
// test's (an EtherType of something else), it counts as lost, and nowhere twice.
func netemCorrupt(t *testing.T, l link, _ qdisc, frames [][]byte) {
	damaged := uint64(0)
	for _, f := range frames {
		if !intact(f) {
			damaged++
		}
	}
	if l.Corrupted+l.Lost != damaged || damaged == 0 || l.Corrupted == 0 {
		t.Errorf("corrupted %d and lost %d, where %d frames are damaged", l.Corrupted, l.Lost, damaged)
	}
}

// netemReorder: RFC 4737's Type-P-Reordered, counted in the capture.
func netemReorder(t *testing.T, l link, _ qdisc, frames [][]byte) {
	next, late := uint32(0), uint64(0)
	for _, f := range frames {
		if n := sequence(f); n < next {
			late++
		} else {
			next = n + 1
		}
	}
	if l.Reordered != late || late == 0 || l.Lost+l.Duplicated != 0 {
		t.Errorf("reordered %d, lost %d, duplicated %d, where %d came late", l.Reordered, l.Lost, l.Duplicated, late)
	}
}
