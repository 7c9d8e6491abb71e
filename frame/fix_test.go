package frame

import (
	"bytes"
	"testing"
)

func TestFix(t *testing.T) {
	for _, right := range []string{
		"eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 30",
		"eth src=02:00:00:00:00:01 / vlan id=5 / ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=2 / count 31",
		"eth src=02:00:00:00:00:01 / ipv6 src=2001:db8::1 dst=2001:db8::2 / udp sport=1 dport=2 / count 30",
		"eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=1 / count 31",
		"eth src=02:00:00:00:00:01 / llc dsap=0x06 ssap=0x06 / count 60",
	} {
		want := mustBuild(t, right)
		d := Decode(want)
		for i := range d.Parts {
			p := &d.Parts[i]
			if table[p.Layer] == nil {
				continue
			}
			for _, f := range table[p.Layer].forms[p.form].fields {
				if f.rule != length && f.rule != checksum && f.Name != "length" {
					continue
				}
				wrong := bytes.Clone(want)
				v := largest(f.Bits)
				if p.Layer <= LayerSVLAN {
					if d.be16(12) > 1500 {
						continue
					}
					v = 1500
				}
				putBits(wrong, p.Offset*8+f.Offset, f.Bits, v)
				fixed := Fix(wrong)
				if !bytes.Equal(wrong, want) || len(fixed) == 0 || fixed[0].Field != p.Layer.String()+"."+f.Name {
					t.Errorf("%s, %s.%s: fixed %+v\ngot  %x\nwant %x", right, p.Layer, f.Name, fixed, wrong, want)
				}
			}
		}
		if fixed := Fix(bytes.Clone(want)); len(fixed) != 0 {
			t.Errorf("%s: nothing is wrong, and fixed are %+v", right, fixed)
		}
	}
	var both Edit // a wrong length hides a wrong checksum
	both.Set("ipv4.length=999")
	both.Set("udp.checksum=0x1234")
	want := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 30")
	got, err := both.Apply(Decode(bytes.Clone(want)))
	if err != nil {
		t.Fatal(err)
	}
	if fixed := Fix(got); len(fixed) < 2 || !bytes.Equal(got, want) {
		t.Errorf("%+v\ngot  %x\nwant %x", fixed, got, want)
	}
}

// FuzzFix fixes anything: fixing again changes nothing.
func FuzzFix(f *testing.F) {
	for _, n := range everyLayer {
		f.Add(mustBuild(f, n))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		Fix(b)
		once := bytes.Clone(b)
		if fixed := Fix(b); !bytes.Equal(b, once) && len(fixed) < maxFaults {
			t.Fatalf("%x became %x: %+v", once, b, fixed)
		}
	})
}
