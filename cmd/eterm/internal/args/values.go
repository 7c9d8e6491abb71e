package args

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"eterm/frame"
	"eterm/frame/ether"
)

// Count is a number of frames; 0 is until stopped.
type Count uint64

// Set reads what was typed; its error says what is wanted.
func (v *Count) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return errors.New("want a whole number of frames, 0 for until stopped")
	}
	*v = Count(n)
	return nil
}

func (v *Count) String() string {
	if *v == 0 {
		return "until stopped"
	}
	return strconv.FormatUint(uint64(*v), 10)
}

// Duration takes seconds as ping does (0.2) and Go's durations (200ms).
type Duration time.Duration

// Set reads what was typed; its error says what is wanted.
func (v *Duration) Set(s string) error {
	d, err := ParseDuration(s)
	if err != nil {
		return err
	}
	*v = Duration(d)
	return nil
}

// ParseDuration reads seconds, such as 0.2, or a time with its unit, such as 200ms.
func ParseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		d, err = time.ParseDuration(s + "s")
	}
	if err != nil || d < 0 {
		return 0, errors.New("want a time such as 0.2, 200ms or 1m30s")
	}
	return d, nil
}

func (v *Duration) String() string { return time.Duration(*v).String() }

// MAC is a MAC address or a word that stands for one. The zero value is
// one that was not given.
type MAC struct {
	text string
	Addr net.HardwareAddr
}

// Set reads what was typed; its error says what is wanted.
func (v *MAC) Set(s string) error {
	v.text, v.Addr = s, nil
	switch s {
	case "own":
	case "random":
		v.Addr = randomMAC()
	default:
		addr, err := ParseMAC(s)
		if err != nil {
			return err
		}
		v.Addr = addr
	}
	return nil
}

func (v *MAC) String() string { return v.text }

// Values are the words for an address.
func (v *MAC) Values() []string { return []string{"broadcast", "own", "random"} }

// Given says whether there is one, or a word for one.
func (v *MAC) Given() bool { return v.text != "" }

// Or is the address given; own stands for the interface's own, and fallback
// for what is meant where none was given.
func (v *MAC) Or(own, fallback net.HardwareAddr) net.HardwareAddr {
	switch {
	case v.text == "":
		return fallback
	case v.Addr == nil:
		return own
	default:
		return v.Addr
	}
}

// ParseMAC reads an address in any spelling of ether.ParseAddr.
func ParseMAC(s string) (net.HardwareAddr, error) {
	a, err := ether.ParseAddr(s)
	if err != nil {
		return nil, fmt.Errorf("%w, or broadcast, own, random", err)
	}
	return a.HardwareAddr(), nil
}

// randomMAC is a locally administered individual address (IEEE 802, clause 8).
func randomMAC() net.HardwareAddr {
	a := make(net.HardwareAddr, 6)
	rand.Read(a)
	a[0] = a[0]&^0x01 | 0x02
	return a
}

// EtherType is an EtherType; 0 is one that was not given.
type EtherType uint16

// Set reads what was typed; its error says what is wanted.
func (v *EtherType) Set(s string) error {
	n, err := strconv.ParseUint(s, 0, 16)
	if err != nil || strings.HasPrefix(s, "0") && len(s) == 4 {
		n, err = strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 16) // 88b5, 0800
	}
	if err != nil {
		n, err = namedEtherType(s)
	}
	if err != nil {
		return errors.New("want an EtherType such as 0x88b5, or its name in the notation, such as ipv4")
	}
	if n < 0x0600 {
		return fmt.Errorf("0x%04x is a length, not an EtherType: those begin at 0x0600", n)
	}
	*v = EtherType(n)
	return nil
}

// Values are the names of EtherTypes in the notation.
func (v *EtherType) Values() []string { return frame.EtherTypeNames() }

// namedEtherType is a name as the notation takes it in eth type=.
func namedEtherType(s string) (uint64, error) {
	if strings.ContainsAny(s, " /,.:=\"\n\t") || s == "random" {
		return 0, errors.New("not one name")
	}
	t, err := frame.Parse("eth type=" + s + " / zeros 46")
	if err != nil {
		return 0, err
	}
	return uint64(binary.BigEndian.Uint16(t.Append(nil)[12:])), nil
}

func (v *EtherType) String() string {
	if *v == 0 {
		return "any"
	}
	return fmt.Sprintf("0x%04x", uint16(*v))
}

// Payload is the payload given by either of two flags; nil if by neither.
type Payload []byte

type payloadText struct{ p *Payload }

func (v payloadText) Set(s string) error {
	*v.p = append(Payload{}, s...)
	return nil
}

func (v payloadText) String() string { return "" }

type payloadHex struct{ p *Payload }

func (v payloadHex) Set(s string) error {
	b, err := ParseHex(s)
	if err == nil {
		*v.p = append(Payload{}, b...)
	}
	return err
}

// ParseHex reads bytes as hex digits, with or without what people put between
// them.
func ParseHex(s string) ([]byte, error) {
	digits := strings.NewReplacer(" ", "", ":", "", "-", "", "0x", "").Replace(s)
	b, err := hex.DecodeString(digits)
	switch {
	case errors.Is(err, hex.ErrLength):
		return nil, errors.New("odd number of hex digits: a byte takes two")
	case err != nil:
		return nil, errors.New("want hex digits, such as 000102ff")
	}
	return b, nil
}

func (v payloadHex) String() string { return "" }

// Size is a frame size on the wire with FCS; 0 is as the content needs.
type Size int

// Set reads what was typed; its error says what is wanted.
func (v *Size) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 64 || n > 9216 {
		return errors.New("want a frame size in bytes with FCS, 64 to 9216")
	}
	*v = Size(n)
	return nil
}

func (v *Size) String() string {
	if *v == 0 {
		return ""
	}
	return strconv.Itoa(int(*v))
}
