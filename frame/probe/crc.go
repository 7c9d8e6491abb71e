package probe

// The CRC-8 of a mark has the generator 0x12f (x^8+x^5+x^3+x^2+x+1): it has
// Hamming distance 4 up to 119 bits and so tells every single wrong bit of the
// 112 it covers from every other, and two wrong bits from one.
const (
	crcPoly = 0x2f
	crcInit = 0xff
)

var crcTable = func() (t [256]byte) {
	for i := range t {
		c := byte(i)
		for range 8 {
			if c&0x80 != 0 {
				c = c<<1 ^ crcPoly
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}()

func crcOf(c byte, b []byte) byte {
	for _, x := range b {
		c = crcTable[c^x]
	}
	return c
}

// crc is the CRC of the mark b: of its bytes 2 to 6 and 8 to 15.
func crc(b []byte) byte { return crcOf(crcOf(crcInit, b[2:7]), b[8:16]) }

// wrongBit maps a syndrome, the difference of the CRC a mark has and should
// have, to the one bit of the mark that explains it: its number from the
// mark's first bit, counted from the most significant bit of each byte; -1
// where no single bit does.
var wrongBit = func() (t [256]int) {
	for i := range t {
		t[i] = -1
	}
	var m [Size]byte
	right := crc(m[:])
	for bit := 2 * 8; bit < 16*8; bit++ {
		m[bit/8] ^= 0x80 >> (bit % 8)
		t[crc(m[:])^m[7]^right] = bit
		m[bit/8] ^= 0x80 >> (bit % 8)
	}
	return t
}()
