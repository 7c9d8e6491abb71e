package linktest

import (
	"encoding/binary"
	"hash/crc32"

	"eterm/frame/inband"
)

// Question is a question with this text, as it is on the wire.
func Question(text []byte) []byte {
	body := append(binary.BigEndian.AppendUint32(nil, crc32.Checksum(text, castagnoli)), text...)
	return inband.Append(nil, inband.LinkRequest, body)
}
