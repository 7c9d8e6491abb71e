package frame

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// TestAsManyLayersAsThereAre: frames of more layers than a decoder tells apart
// are printed as what can be read again, whatever is left over behind them.
func TestAsManyLayersAsThereAre(t *testing.T) {
	lldp, err := hex.DecodeString("0180c200000e02000000000188cc")
	if err != nil {
		t.Fatal(err)
	}
	nd, err := hex.DecodeString("333300000001020000000001" + "86dd" + "60000000" + "ffff" + "3aff" +
		"fe800000000000000000000000000001" + "ff020000000000000000000000000001" + "8600000040000000" + "0000000000000000")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		for _, c := range []struct{ start, each []byte }{
			{lldp, []byte{0x04, 0x04, 4, 4, 4, 4}},
			{lldp, []byte{0x02, 0x00}},
			{nd, []byte{1, 1, 0, 0, 0, 0, 0, 0}},
		} {
			b := append(bytes.Clone(c.start), bytes.Repeat(c.each, n)...)
			if bytes.Equal(c.start, nd) {
				length := len(b) - 54
				b[18], b[19] = byte(length>>8), byte(length)
			}
			for _, rest := range []string{"", "\xc5", "\xc5\xa5\x1c"} {
				whole := append(bytes.Clone(b), rest...)
				d := Decode(whole)
				checkTiles(t, d)
				checkRoundTrip(t, d)
			}
		}
	}
}
