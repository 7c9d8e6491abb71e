package capture

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// echo4 is an IPv4 packet with an ICMP echo request.
const echo4 = "45000021000000004001f6d8c0000201c0000202" + "0800b4250007000168656c6c6f"

func decodeHex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// linked is a pcap file of one record of that link type.
func linked(t testing.TB, kind uint16, record []byte, length int, order binary.AppendByteOrder) []byte {
	b := order.AppendUint32(nil, pcapMicro)
	b = order.AppendUint16(order.AppendUint16(b, 2), 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(order.AppendUint32(b, 65535), uint32(kind))
	b = order.AppendUint32(order.AppendUint32(b, 7), 8)
	b = order.AppendUint32(order.AppendUint32(b, uint32(len(record))), uint32(length))
	return append(b, record...)
}

// TestOtherLinksBecomeEthernet reads one packet of each link type: it gets an
// Ethernet header of what the link knows, and the record says so.
func TestOtherLinksBecomeEthernet(t *testing.T) {
	zero := "000000000000"
	for _, c := range []struct {
		name      string
		kind      uint16
		header    string
		want      string // header
		direction Direction
		made      string
		note      string
	}{
		{"cooked, received", linkSLL, "0000 0001 0006 020000000001 0000 0800", zero + "020000000001" + "0800", Inbound, "Linux cooked", ""},
		{"cooked, broadcast", linkSLL, "0001 0001 0006 020000000001 0000 0800", "ffffffffffff" + "020000000001" + "0800", Inbound, "Linux cooked", ""},
		{"cooked, sent, of lo", linkSLL, "0004 0304 0000 0000000000000000 0800", zero + zero + "0800", Outbound, "Linux cooked", ""},
		{"cooked, LLC", linkSLL, "0000 0001 0006 020000000001 0000 0004", zero + "020000000001" + "0021", Inbound, "Linux cooked", ""},
		{"cooked, CAN", linkSLL, "0000 0118 0000 0000000000000000 000c", zero + zero + "ffff", Inbound, "Linux cooked", ""},
		{"cooked v2", linkSLL2, "0800 0000 00000003 0001 04 06 020000000001 0000", zero + "020000000001" + "0800", Outbound, "Linux cooked v2", ""},
		{"raw", linkRaw, "", zero + zero + "0800", UnknownDirection, "raw IP", ""},
		{"raw, 12", linkRaw12, "", zero + zero + "0800", UnknownDirection, "raw IP", ""},
		{"raw, 14", linkRaw14, "", zero + zero + "0800", UnknownDirection, "raw IP", ""},
		{"null", linkNull, "02000000", zero + zero + "0800", UnknownDirection, "BSD loopback", ""},
		{"null, other host's order", linkNull, "0000001e", zero + zero + "86dd", UnknownDirection, "BSD loopback", ""},
		{"loop", linkLoop, "00000018", zero + zero + "86dd", UnknownDirection, "OpenBSD loopback", ""},
		{"null, AppleTalk", linkNull, "10000000", zero + zero + "ffff", UnknownDirection, "BSD loopback", ""},
	} {
		record := decodeHex(t, c.header+echo4)
		got, err := readAll(bytes.NewReader(linked(t, c.kind, record, len(record), binary.LittleEndian)))
		want := decodeHex(t, c.want+echo4)
		if err != nil || len(got) != 1 || !bytes.Equal(got[0].Bytes, want) || got[0].Length != len(want) {
			t.Errorf("%s: %+v %v, want %x", c.name, got, err, want)
			continue
		}
		if r := got[0]; r.Made != c.made || r.Direction != c.direction || len(r.Notes) != 0 {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

// TestCutLinkHeaders cuts each link's header short, and packets by the capture.
func TestCutLinkHeaders(t *testing.T) {
	for kind, most := range map[uint16]int{linkSLL: 16, linkSLL2: 20, linkNull: 4, linkLoop: 4} {
		for n := range most {
			got, err := readAll(bytes.NewReader(linked(t, kind, make([]byte, n), n, binary.BigEndian)))
			if err != nil || len(got) != 1 || len(got[0].Bytes) != 14 || len(got[0].Notes) != 1 || !strings.Contains(got[0].Notes[0], "cut short") {
				t.Fatalf("link type %d of %d bytes: %+v %v", kind, n, got, err)
			}
		}
	}
	record := decodeHex(t, "0000 0001 0006 020000000001 0000 0800"+echo4)
	got, err := readAll(bytes.NewReader(linked(t, linkSLL, record, 1000, binary.BigEndian)))
	if err != nil || got[0].Length != 1000-16+14 || len(got[0].Bytes) != len(record)-2 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestRefusedLinksAreNamed(t *testing.T) {
	_, err := readAll(bytes.NewReader(linked(t, 105, make([]byte, 60), 60, binary.LittleEndian)))
	var link *LinkTypeError
	if !errors.As(err, &link) || err.Error() != "link type 105 (802.11) is not Ethernet (1)" {
		t.Error(err)
	}
}

// TestMoreCapturedThanThereWas takes a record whose captured length exceeds its
// original one as it was captured, as tcpdump and tshark do, and says so.
func TestMoreCapturedThanThereWas(t *testing.T) {
	pcap := encode(t, Pcap, someFrames())
	copy(pcap[112:], []byte{5, 0, 0, 0})
	ng := encode(t, PcapNG, someFrames())
	at := bytes.Index(ng, []byte{61, 0, 0, 0, 0xea, 5, 0, 0}) // captured 61 of 1514
	copy(ng[at+4:], []byte{5, 0, 0, 0})
	for name, file := range map[string][]byte{"pcap": pcap, "pcapng": ng} {
		got, err := readAll(bytes.NewReader(file))
		if err != nil || len(got) != len(someFrames()) {
			t.Errorf("%s: %d frames, %v", name, len(got), err)
			continue
		}
		r := got[1]
		if len(r.Bytes) != 61 || r.Length != 61 || len(r.Notes) != 1 || r.Notes[0] != "61 bytes captured of a frame of 5: taken as captured" {
			t.Errorf("%s: %+v", name, r)
		}
		if len(got[0].Notes)+len(got[2].Notes) != 0 {
			t.Errorf("%s: notes of its neighbours", name)
		}
	}
}
