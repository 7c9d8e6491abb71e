package frame

import (
	"bytes"
	"strings"
	"testing"
)

func mustEdit(t *testing.T, changes ...string) *Edit {
	t.Helper()
	e := &Edit{}
	for _, c := range changes {
		if err := e.Set(c); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// TestEdit changes a frame and compares it with the one built so: checksums
// that were right are right again, wrong ones stay.
func TestEdit(t *testing.T) {
	const eth = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / "
	for _, c := range []struct{ from, change, to string }{
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 30", "ipv4.src=10.0.0.1", eth + "ipv4 src=10.0.0.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 30"},
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=2 / count 31", "tcp.dport=443", eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=443 / count 31"},
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / udp checksum=0 / count 31", "ipv4.ttl=1", eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=1 / udp checksum=0 / count 31"},
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / udp checksum=0x1234 / count 31", "ipv4.ttl=1", eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=1 / udp checksum=0x1234 / count 31"},
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=1 / count 31", "ipv4.checksum=0xbeef", eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 checksum=0xbeef / icmp id=1 / count 31"},
		{eth + "ipv6 src=2001:db8::1 dst=2001:db8::2 / icmpv6 echo-request id=1 / count 31", "ipv6.dst=2001:db8::9", eth + "ipv6 src=2001:db8::1 dst=2001:db8::9 / icmpv6 echo-request id=1 / count 31"},
		{eth + "vlan id=5 / vlan id=6 / text \"0123456789012345678901234567890123456789\"", "vlan[1].id=7", eth + "vlan id=5 / vlan id=7 / text \"0123456789012345678901234567890123456789\""},
		{eth + "arp tpa=192.0.2.1", "eth.dst=broadcast", strings.Replace(eth, "dst=02:00:00:00:00:02", "dst=broadcast", 1) + "arp tpa=192.0.2.1"},
		{eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp time-exceeded / ipv4 src=192.0.2.2 dst=192.0.2.3 / udp sport=1 dport=2 / count 4", "ipv4[1].ttl=9", eth + "ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp time-exceeded / ipv4 src=192.0.2.2 dst=192.0.2.3 ttl=9 / udp sport=1 dport=2 / count 4"},
	} {
		want := mustBuild(t, c.to)
		d := Decode(mustBuild(t, c.from))
		got, err := mustEdit(t, c.change).Apply(d)
		if err != nil || !bytes.Equal(got, want) || !bytes.Equal(d.Bytes, want) {
			t.Errorf("%s, %s: %v\ngot  %x\nwant %x", c.from, c.change, err, got, want)
		}
	}
}

func TestEditRefuses(t *testing.T) {
	for change, want := range map[string]string{
		"ipv4.ttl": "want LAYER.FIELD=VALUE", "ttl=1": "want LAYER.FIELD=VALUE", "ipv4.ttl=256": "too large for ttl", "ipv4.tll=1": "did you mean ttl?",
		"ipv5.ttl=1": "unknown layer", "vlan[x].id=1": "want LAYER[N].FIELD", "ipv4.src=1.2.3": "no IPv4 address", "ipv6.src=x": "no IPv6 address",
		"ipv4.options=nop": "no fixed width", "eth.dst=own": "want a MAC address", "data.x=1": "unknown layer",
	} {
		var e Edit
		if err := e.Set(change); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", change, err, want)
		}
	}
	b := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=7 seq=1")
	for _, change := range []string{"ipv6.hops=1", "ipv4[1].ttl=1", "icmp.gateway=192.0.2.1"} {
		if _, err := mustEdit(t, change).Apply(Decode(bytes.Clone(b))); err == nil {
			t.Errorf("%s of a frame without it: no error", change)
		}
	}
}

func TestRetag(t *testing.T) {
	tagged := mustBuild(t, "eth src=02:00:00:00:00:01 / vlan id=5 / svlan id=6 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / hex 01")
	plain := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / hex 01")
	one := mustBuild(t, "eth src=02:00:00:00:00:01 / vlan id=9 pcp=3 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / hex 01 / pad 17")
	var e Edit
	e.Retag(nil)
	if got, err := e.Apply(Decode(bytes.Clone(tagged))); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%x %v, want %x", got, err, plain)
	}
	e.Retag([]VLAN{{ID: 9, PCP: 3}})
	if got, err := e.Apply(Decode(bytes.Clone(plain))); err != nil || !bytes.Equal(got, one) {
		t.Errorf("%x %v, want %x", got, err, one)
	}
	if got, err := e.Apply(Decode([]byte{1, 2, 3})); err != nil || !bytes.Equal(got, []byte{1, 2, 3}) {
		t.Errorf("%x %v", got, err)
	}
}

// FuzzEdit: whatever is asked for, an edit is refused in one line or makes a
// frame of the same length, also when it is made again.
func FuzzEdit(f *testing.F) {
	for i, n := range everyLayer {
		change := []string{"ipv4.ttl=1", "eth.dst=broadcast", "vlan[1].id=7", "ipv6.dst=::1", "icmp.type=8", "tcp.flags=0xff", "lldp.length=511", "ipv4.ihl=15", "x"}[i%9]
		f.Add(change, mustBuild(f, n))
	}
	f.Fuzz(func(t *testing.T, change string, b []byte) {
		var e Edit
		if err := e.Set(change); err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Fatalf("%q: %q", change, err)
			}
			return
		}
		got, err := e.Apply(Decode(bytes.Clone(b)))
		if err != nil {
			return
		}
		if len(got) != len(b) {
			t.Fatalf("%q of %x: %x", change, b, got)
		}
		once := bytes.Clone(got)
		// What was changed may be read as another frame, with other fields.
		if again, err := e.Apply(Decode(got)); err == nil && len(again) != len(once) {
			t.Fatalf("%q of %x, twice: %x", change, once, again)
		}
	})
}
