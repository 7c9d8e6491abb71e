package probe

import "encoding/binary"

// Where the nonce is in a plan block, and its check.
const (
	nonceAt = 18
	checkAt = 22
)

// PutNonce makes the plan frame with its mark at offset at a challenge: a
// number that who receives the frame can tell, and nobody else. The sum of the
// plan block, and so every enclosing checksum, stays what it was.
func PutNonce(frame []byte, at int, nonce uint32) {
	b := frame[at+Size : at+Size+PlanSize]
	binary.BigEndian.PutUint32(b[nonceAt:], nonce)
	binary.BigEndian.PutUint16(b[checkAt:], ^fold(sum16(b[:checkAt])))
}

// NonceOf is the nonce of a plan frame; 0 if it has none.
func NonceOf(frame []byte, f Found) uint32 {
	at := f.Offset + Size
	if f.Kind != KindPlan || len(frame) < at+PlanSize || fold(sum16(frame[at:at+PlanSize])) != 0xffff {
		return 0
	}
	return binary.BigEndian.Uint32(frame[at+nonceAt:])
}
