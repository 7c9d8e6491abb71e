package ipv4

import "errors"

// Option is one option of a header (RFC 791, 3.1).
type Option struct {
	Type uint8  // copied flag, class and number as one byte
	Data []byte // without type and length; shares the memory of the header
}

// Types of options, from the IANA registry "IP Option Numbers".
const (
	OptionEnd         = 0
	OptionNop         = 1
	OptionRecordRoute = 7
	OptionTimestamp   = 68
	OptionSecurity    = 130
	OptionLooseRoute  = 131
	OptionStrictRoute = 137
	OptionRouterAlert = 148
)

// ErrOption is what NextOption says of an option whose length is below 2 or
// beyond the end.
var ErrOption = errors.New("ipv4: option length is wrong")

// NextOption takes the first option off b. At the end of the list, marked or
// not, ok is false; what then is left in rest is padding.
func NextOption(b []byte) (o Option, rest []byte, ok bool, err error) {
	switch {
	case len(b) == 0:
		return o, nil, false, nil
	case b[0] == OptionEnd:
		return o, b[1:], false, nil
	case b[0] == OptionNop:
		return Option{Type: OptionNop}, b[1:], true, nil
	case len(b) < 2 || b[1] < 2 || int(b[1]) > len(b):
		return o, nil, false, ErrOption
	}
	n := b[1]
	return Option{Type: b[0], Data: b[2:n:n]}, b[n:], true, nil
}

var optionNames = map[uint8]string{
	0: "EOOL", 1: "NOP", 7: "RR", 10: "ZSU", 11: "MTUP", 12: "MTUR", 15: "ENCODE", 25: "QS",
	30: "EXP", 68: "TS", 82: "TR", 94: "EXP", 130: "SEC", 131: "LSR", 133: "E-SEC",
	134: "CIPSO", 136: "SID", 137: "SSR", 142: "VISA", 144: "IMITD", 145: "EIP",
	147: "ADDEXT", 148: "RTRALT", 149: "SDB", 151: "DPS", 152: "UMP", 158: "EXP",
	205: "FINN", 222: "EXP",
}

// OptionName is the IANA short name of an option type, or "".
func OptionName(t uint8) string { return optionNames[t] }
