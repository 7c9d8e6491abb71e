package lab

import (
	"strings"
	"testing"
)

func TestParseSwitch(t *testing.T) {
	for text, want := range map[string]string{
		"own":                               "",
		"ageing=10s addresses=64":           "",
		"left=1,20t,30t right=20":           "",
		"left=20t":                          "",
		"ageing=0s":                         "want a time",
		"addresses=0":                       "from 1",
		"left=20,30":                        "two VLANs without a tag, 20 and 30",
		"right=4095t":                       "1 to 4094",
		"left=1 left=2":                     "left is given twice",
		"colour=red":                        "want own, ageing=TIME",
		"ageing":                            "want a time",
		"addresses=99999999999999999999999": "from 1",
	} {
		_, err := ParseSwitch(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
