package vendors

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestSpellings(t *testing.T) {
	for line, want := range map[string][2]string{
		"00:1B:C5:00:00:00/36\tConvergi\tConverging Systems Inc.": {"001BC5000", "Converging Systems Inc."},
		"00:55:DA:00:00:00/28\tShinko\tShinko Technos co.,ltd.":   {"0055DA0", "Shinko Technos co.,ltd."},
		"00:00:0C\tCisco\tCisco Systems, Inc":                     {"00000C", "Cisco Systems, Inc"},
		"28-6F-B9   (hex)\t\tNokia Shanghai Bell Co., Ltd.":       {"286FB9", "Nokia Shanghai Bell Co., Ltd."},
		"286FB9     (base 16)\t\tNokia":                           {"286FB9", "Nokia"},
		"00000C Cisco Systems":                                    {"00000C", "Cisco Systems"},
		"0050C2000\tT.L.S. Corp.":                                 {"0050C2000", "T.L.S. Corp."},
		"# comment of a file":                                     {},
		"                         Shanghai  201206":               {},
		"ZZZZZZ nobody":                                           {},
		"":                                                        {},
	} {
		prefix, name, ok := parse(line)
		if ok != (want[0] != "") || ok && (prefix != want[0] || name != want[1]) {
			t.Errorf("%q: %q %q %v", line, prefix, name, ok)
		}
	}
}

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "oui")
	if err := os.WriteFile(file, []byte("001BC5 Registry\n001BC5000\tConverging\n001BC51 Middle\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	table := Load([]string{"/nowhere", file})
	for mac, want := range map[string]string{
		"00:1b:c5:00:01:02": "Converging", "00:1b:c5:10:01:02": "Middle", "00:1b:c5:f0:00:00": "Registry",
		"b8:27:eb:01:02:03": "Raspberry Pi Foundation", "02:00:00:00:00:01": "locally administered", "52:54:00:00:00:01": "QEMU/KVM (unregistered)",
		"00:ff:ff:00:00:01": "",
	} {
		a, _ := net.ParseMAC(mac)
		if got := table.Name(a); got != want {
			t.Errorf("%s: %q, want %q", mac, got, want)
		}
	}
	if table.Source != file || Load(nil).Source != "built in" || table.Name(nil) != "" {
		t.Error("source")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("00:1B:C5:00:00:00/36\tConvergi\tConverging Systems Inc.")
	f.Fuzz(func(t *testing.T, line string) {
		if prefix, name, ok := parse(line); ok && (len(prefix) > 9 || name == "") {
			t.Fatalf("%q: %q %q", line, prefix, name)
		}
	})
}
