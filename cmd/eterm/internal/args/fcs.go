package args

import (
	"encoding/hex"
	"errors"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface"
)

// FCS is the check sequence that frames are sent with: the NIC's own if it was not
// given, else one that is wrong, or always the same four bytes.
type FCS struct {
	word  string
	fixed [ether.FCSLen]byte
}

// FCSFlag is the flag for it.
func FCSFlag(dst *FCS) cli.Flag {
	return &cli.GenericFlag{Name: "fcs", Value: dst, DefaultText: "the NIC's", Usage: "send frames with this `FCS`: bad (all its bits inverted), or 8 hex digits as on the wire; where the NIC's driver can"}
}

// Set reads the flag.
func (f *FCS) Set(s string) error {
	b, err := hex.DecodeString(s)
	if s != "bad" && (err != nil || len(b) != ether.FCSLen) {
		return errors.New("want bad, or 8 hex digits such as deadbeef")
	}
	f.word = s
	copy(f.fixed[:], b)
	return nil
}

// String is the flag's value.
func (f *FCS) String() string { return f.word }

// Values are the words it takes.
func (f *FCS) Values() []string { return []string{"bad"} }

// Given says that the NIC's is not to be taken.
func (f *FCS) Given() bool { return f.word != "" }

// Of is the FCS of a frame.
func (f *FCS) Of(frame []byte) [ether.FCSLen]byte {
	if f.word != "bad" {
		return f.fixed
	}
	return ether.WrongFCS(frame)
}

// Append puts the FCS behind a frame, if it was given.
func (f *FCS) Append(frame []byte) []byte {
	if !f.Given() {
		return frame
	}
	sum := f.Of(frame)
	return append(frame, sum[:]...)
}

// Wrap is a port that sends frames with the FCS, if it was given.
func (f *FCS) Wrap(p iface.Port) iface.Port {
	if !f.Given() {
		return p
	}
	return iface.WithFCS(p, f.Of)
}

// bytesOnly is the driver of cables that have no FCS: what is put there is bytes of
// the frame.
const bytesOnly = "veth"

// PlainFCS says whether the FCS of frames sent by an interface is only bytes of them.
func PlainFCS(name string) (bool, error) {
	e, err := iface.AskErrored(name)
	return e.Driver == bytesOnly, err
}

// CheckErrored refuses an interface between which and a switch frames cannot be wrong,
// or would not be seen if they are.
func CheckErrored(name string) error {
	e, err := iface.AskErrored(name)
	switch {
	case err != nil:
		return err
	case e.Driver == bytesOnly:
		return exit.Usage("%s is a veth, which carries an FCS as ordinary bytes and has no least size: no frame is errored there; use ports of NICs", name)
	case !e.Takes && e.CanTake:
		return exit.Usage("%s hands over no errored frames: have it do so by \"sudo ethtool -K %s rx-all on rx-fcs on\"", name, name)
	case !e.Takes:
		return exit.Usage("%s: its driver %s cannot hand over errored frames (rx-all): use a NIC whose driver can, such as e1000e, igb or ixgbe", name, e.Driver)
	}
	return nil
}
