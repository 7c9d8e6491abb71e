package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// pcapSource reads a classic pcap file through its guard.
type pcapSource struct {
	r       *pcapgo.Reader
	snapLen int
}

func newPcap(in *bufio.Reader, head []byte, order binary.ByteOrder) (*pcapSource, error) {
	if major, minor := order.Uint16(head[4:]), order.Uint16(head[6:]); major != 2 || minor != 4 {
		return nil, (&guard{}).damage("pcap of version %d.%d, want 2.4", major, minor)
	}
	// The upper bits tell of the frame check sequence
	// (draft-ietf-opsawg-pcap, section 4).
	if link := int(order.Uint32(head[20:]) & 0x03ffffff); link != int(layers.LinkTypeEthernet) {
		return nil, &LinkTypeError{link}
	}
	snapLen := order.Uint32(head[16:])
	r, err := pcapgo.NewReader(in)
	if err != nil {
		return nil, err
	}
	// Many writers do not keep to the length they state.
	r.SetSnaplen(MaxFrame)
	return &pcapSource{r, int(snapLen)}, nil
}

func (s *pcapSource) next(r *Record) error {
	data, info, err := s.r.ZeroCopyReadPacketData()
	if err != nil {
		return err
	}
	r.Bytes, r.Length, r.Time = data, info.Length, info.Timestamp
	return nil
}

func (s *pcapSource) describe(i int) (Interface, bool) {
	return Interface{SnapLen: s.snapLen}, i == 0
}

// pcapngSource reads a pcapng file through its guard.
type pcapngSource struct{ r *pcapgo.NgReader }

func newPcapng(in *bufio.Reader) (*pcapngSource, error) {
	r, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = (&guard{}).damage("section header is cut short")
	}
	if err != nil {
		return nil, err
	}
	return &pcapngSource{r}, nil
}

func (s *pcapngSource) next(r *Record) error {
	data, info, options, err := s.r.ZeroCopyReadPacketDataWithOptions()
	if err != nil {
		return err
	}
	if link := info.AncillaryData[0].(layers.LinkType); link != layers.LinkTypeEthernet {
		return &LinkTypeError{int(link)}
	}
	r.Bytes, r.Length, r.Time = data, info.Length, info.Timestamp
	r.Interface = info.InterfaceIndex
	r.Comments = append(r.Comments, options.Comments...)
	if options.Flags != nil {
		r.Direction = direction(options.Flags.Direction)
	}
	if options.DropCount != nil {
		r.Dropped = *options.DropCount
	}
	return nil
}

func direction(f pcapgo.NgEpbFlag) Direction {
	switch f {
	case pcapgo.NgEpbFlagDirectionInbound:
		return Inbound
	case pcapgo.NgEpbFlagDirectionOutbound:
		return Outbound
	default:
		return UnknownDirection
	}
}

func (s *pcapngSource) describe(i int) (Interface, bool) {
	f, err := s.r.Interface(i)
	if err != nil {
		return Interface{}, false
	}
	section := s.r.SectionInfo()
	return Interface{
		Name: f.Name, Description: f.Description, Filter: f.Filter, OS: f.OS,
		Hardware: section.Hardware, Application: section.Application, SnapLen: int(f.SnapLength),
	}, true
}
