package wireshark

import (
	"net"
	"reflect"
	"strings"
	"testing"

	"eterm/iface"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]Request{
		"--extcap-interfaces --extcap-version=4.0":                                         {Act: ListPorts},
		"--extcap-interface eterm-eth0 --extcap-dlts":                                      {Act: ListLinkTypes, Port: "eth0"},
		"--extcap-interface=eterm-eth0 --extcap-config":                                    {Act: ListOptions, Port: "eth0"},
		"--extcap-interface=eterm-eth0 --extcap-capture-filter=arp":                        {Act: CheckFilter, Port: "eth0", Filter: "arp"},
		"--extcap-cleanup-postkill":                                                        {},
		"--capture --extcap-interface eterm-a --fifo /f --promisc --ethertype ipv4":        {Act: Capture, Port: "a", FIFO: "/f", Listen: []string{"--promisc", "--ethertype", "ipv4"}},
		"--capture --extcap-interface eterm-a --fifo=/f --promisc=false --sent=true":       {Act: Capture, Port: "a", FIFO: "/f", Listen: []string{"--sent"}},
		"--capture --extcap-interface eterm-a --fifo /f --vlan= --snaplen 0":               {Act: Capture, Port: "a", FIFO: "/f"},
		"--capture --extcap-interface a --extcap-capture-filter arp --fifo /f --vlan=3:10": {Act: Capture, Port: "a", FIFO: "/f", Filter: "arp", Listen: []string{"--vlan", "3:10"}},
	} {
		got, err := Parse(strings.Fields(line))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		"--extcap-dlts":                          "no port given: want --extcap-interface eterm-NAME",
		"--capture --extcap-interface eterm-a":   "no pipe given to capture to: want --fifo FILE",
		"--capture --extcap-interface":           "flag --extcap-interface needs a value",
		"--extcap-interface eterm-a --write /x":  "unknown flag --write of Wireshark's",
		"--extcap-interface eterm-a --ethertype": "flag --ethertype needs a value",
	} {
		if _, err := Parse(strings.Fields(line)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// TestWords: a filter stays one operand, whatever it looks like.
func TestWords(t *testing.T) {
	r := Request{Port: "eth0", Filter: "-w /etc/passwd", Listen: []string{"--sent"}}
	if got := strings.Join(r.Words(), "|"); got != "listen|-i|eth0|-w|-|--sent|--|-w /etc/passwd" {
		t.Error(got)
	}
}

// TestWritePorts: who names an interface cannot add a line of Wireshark's.
func TestWritePorts(t *testing.T) {
	var b strings.Builder
	err := WritePorts(&b, "1.0}{x=", []iface.Info{
		{Name: "eth0", Type: "ethernet", HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Driver: "igb", Up: true, Carrier: true, Speed: 1e9},
		{Name: "a}{value=b}", Type: "ethernet"},
		{Name: "tun0", Type: "type 65534"},
		{Name: "eth1", Type: "ethernet", Driver: "evil}\ninterface {value=c"},
	})
	want := "extcap {version=1.0x=}{help=file:///usr/share/doc/eterm/wireshark.md}\n" +
		"interface {value=eterm-eth0}{display=eterm on eth0: 02:00:00:00:00:01 igb 1000 Mbit/s}\n" +
		"interface {value=eterm-eth1}{display=eterm on eth1: evilinterface value=c down}\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, &b, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("--capture\n--extcap-interface\neterm-a\n--fifo\n/f\n--vlan=1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(strings.Split(text, "\n"))
		if err == nil && r.Act == Capture && (r.Port == "" || r.FIFO == "" || r.Words()[4] != "-") {
			t.Errorf("%q: %+v", text, r)
		}
	})
}
