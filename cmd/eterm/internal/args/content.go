package args

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/iface"
)

// Content is what the frames of a run hold, as flags say it: a payload right
// behind the Ethernet header, or an ICMP echo request in IPv4. It writes
// notation, as everything does that makes frames.
type Content struct {
	To, From     MAC
	NoPad, Force bool

	etherType    EtherType
	vlans        VLANs
	payload      Payload
	srcIP, dstIP string
	ttl          int
	id           uint16 // of the echo requests

	src, dst netip.Addr
}

// LocalExperimental1 is the demo's EtherType (IEEE 802 local experimental
// EtherType 1; RFC 9542, B.2).
const LocalExperimental1 = 0x88b5

// Flags are the flags that say what is in a frame, but for its size and its
// destination.
func (k *Content) Flags() []cli.Flag {
	k.ttl, k.id = 64, uint16(rand.Uint32())
	return append(append([]cli.Flag{FromFlag(&k.From),
		&cli.GenericFlag{Name: "ethertype", Aliases: []string{"t"}, Value: &k.etherType, DefaultText: "0x88b5", Usage: "send frames of EtherType `TYPE`"},
		VLANFlag(&k.vlans)}, PayloadFlags(&k.payload)...),
		&cli.BoolFlag{Name: "no-pad", Destination: &k.NoPad, Usage: "do not pad to the minimum of 60 bytes"},
		&cli.StringFlag{Name: "src-ip", Destination: &k.srcIP, Usage: "with --dst-ip: send ICMP echo requests from `ADDRESS`"},
		&cli.StringFlag{Name: "dst-ip", Destination: &k.dstIP, Usage: "with --src-ip: send ICMP echo requests to `ADDRESS`"},
		NumberFlag("ttl", &k.ttl, 0, 255, "time to live of IPv4 packets, `0..255`"),
	)
}

// describing are the flags that say what a notation says.
var describing = []string{"to", "ethertype", "vlan", "payload", "payload-hex", "src-ip", "dst-ip", "ttl", "no-pad"}

// Check refuses what no interface could send, and flags beside notations.
func (k *Content) Check(c *cli.Context, notations []string) error {
	for _, name := range describing {
		if len(notations) > 0 && c.IsSet(name) {
			return exit.Usage("--%s describes frames, which the notation already does: leave it out", name)
		}
	}
	for _, a := range []struct {
		flag, text string
		addr       *netip.Addr
	}{{"--src-ip", k.srcIP, &k.src}, {"--dst-ip", k.dstIP, &k.dst}} {
		if a.text == "" {
			continue
		}
		addr, err := netip.ParseAddr(a.text)
		if err != nil || !addr.Is4() {
			return exit.Usage("%s %q: want an IPv4 address such as 192.0.2.1", a.flag, a.text)
		}
		*a.addr = addr
	}
	switch {
	case k.echo() && k.etherType != 0 && k.etherType != 0x0800:
		return exit.Usage("--ethertype %s does not go with --src-ip: IPv4 is 0x0800", k.etherType.String())
	case !k.Force && ether.IsGroup(k.From.Addr):
		return exit.Usage("source %s is a group address, which no station may send from: --force sends it all the same", k.From.Addr)
	}
	return nil
}

// Edit adds to e what the flags say of frames that are there already: their
// addresses as a station with the address own sends them, and their tags.
func (k *Content) Edit(c *cli.Context, e *frame.Edit, own net.HardwareAddr) error {
	for _, a := range []struct {
		flag, field string
		to          MAC
	}{{"to", "eth.dst", k.To}, {"from", "eth.src", k.From}} {
		if !c.IsSet(a.flag) {
			continue
		}
		if err := e.Set(a.field + "=" + a.to.Or(own, own).String()); err != nil {
			return err
		}
	}
	if c.IsSet("vlan") {
		e.Retag(k.vlans)
	}
	return nil
}

func (k *Content) echo() bool { return k.src.IsValid() }

const (
	ipv4Header = 20 // without options (RFC 791, 3.1)
	echoHeader = 8  // RFC 792
	// demoPayload is the length of the demo's payload, 00 01 .. 0f.
	demoPayload = 16
)

// Notation is the frame that the flags describe, as it leaves a station with
// the address given. Size is that of the frame with FCS, which the payload
// grows to fill; 0 is as the content needs. The numbers of echo requests count
// up from frame to frame.
func (k *Content) Notation(own net.HardwareAddr, size int) (string, error) {
	src := k.From.Or(own, own)
	if len(src) != 6 {
		src = make(net.HardwareAddr, 6) // lo has none of its own
	}
	etherType := k.etherType
	if etherType == 0 {
		etherType = LocalExperimental1
	}
	layers := []string{fmt.Sprintf("eth dst=%s src=%s", k.To.Or(own, own), src)}
	headers := ether.HeaderLen + ether.TagLen*len(k.vlans)
	for _, v := range k.vlans {
		layers = append(layers, fmt.Sprintf("vlan id=%d pcp=%d", v.ID, v.PCP))
	}
	if k.echo() {
		headers += ipv4Header + echoHeader
		layers = append(layers, fmt.Sprintf("ipv4 src=%s dst=%s ttl=%d id=1..65535", k.src, k.dst, k.ttl),
			fmt.Sprintf("icmp echo-request id=%d seq=1..65535", k.id))
	} else {
		layers[len(layers)-1] += fmt.Sprintf(" type=0x%04x", uint16(etherType))
	}
	data, err := k.data(size, headers)
	return strings.Join(append(layers, data...), " / "), err
}

// data are the layers of the payload and of the padding: the payload given, or
// the demo's 00 01 .. 0f, which goes on counting up to the size asked for.
func (k *Content) data(size, headers int) (layers []string, err error) {
	room := size - ether.FCSLen - headers
	switch {
	case k.payload == nil:
		layers = append(layers, fmt.Sprintf("count %d", max(demoPayload, room)))
	case size != 0 && len(k.payload) > room:
		return nil, fmt.Errorf("payload of %d bytes does not fit size %d: at most %d", len(k.payload), size, room)
	default:
		if len(k.payload) > 0 {
			layers = append(layers, "hex "+hex.EncodeToString(k.payload))
		}
		if pad := room - len(k.payload); size != 0 && pad > 0 {
			return append(layers, fmt.Sprintf("pad %d", pad)), nil
		}
	}
	if k.NoPad {
		layers = append(layers, "pad 0")
	}
	return layers, nil
}

// Template is the frame that the flags describe, ready to be sent on a station.
func (k *Content) Template(on Station, size int) (*frame.Template, error) {
	notation, err := k.Notation(on.HardwareAddr(), size)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return frame.Parse(notation)
}

// A Station is what frames need to know of the interface they leave by. Every
// iface.Port is one.
type Station interface {
	Name() string
	HardwareAddr() net.HardwareAddr
	MTU() int
}

// Fits says whether an interface takes a frame.
func Fits(b []byte, on Station) error {
	if len(b) < ether.HeaderLen {
		return fmt.Errorf("%w: it has %d bytes, want %d or more", iface.ErrTooShort, len(b), ether.HeaderLen)
	}
	if limit := ether.MaxFrame(on.MTU(), ether.Tagged(b)); len(b) > limit {
		return fmt.Errorf("frame of %d bytes is longer than %s takes: its MTU is %d, so at most %d", len(b), on.Name(), on.MTU(), limit)
	}
	return nil
}
