package ether

import (
	"encoding/binary"
	"hash/crc32"
)

// FCS is the frame check sequence of these bytes (IEEE 802.3-2022, 3.2.9), as its
// four are on the wire. A frame shorter than MinFrame is padded there first.
func FCS(frame []byte) (fcs [FCSLen]byte) {
	// 3.2.9 sends the coefficient of x^31 first, which a bitwise reversed CRC has in
	// its lowest bit, and bytes go out lowest bit first.
	binary.LittleEndian.PutUint32(fcs[:], crc32.ChecksumIEEE(frame))
	return fcs
}

// WrongFCS is one that is surely not a frame's: FCS with all its bits inverted.
func WrongFCS(frame []byte) [FCSLen]byte {
	fcs := FCS(frame)
	for i := range fcs {
		fcs[i] ^= 0xff
	}
	return fcs
}
