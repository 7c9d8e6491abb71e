package capture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func save(t *testing.T, name string, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTsharkReadsFrames has tshark read what we write of frames.
func TestTsharkReadsFrames(t *testing.T) {
	ng := save(t, "x.pcapng", encode(t, PcapNG, someFrames()[:4]))
	got := output(t, nil, "tshark", "-r", ng, "-T", "fields", "-E", "separator=|", "-e", "frame.time_epoch",
		"-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.interface_name", "-e", "frame.interface_description",
		"-e", "frame.packet_flags_direction", "-e", "frame.comment", "-e", "frame.drop_count")
	got = strings.ReplaceAll(got, "0x000000", "0x") // the width differs between versions
	want := strings.Join([]string{
		"1795178096.123456789|60|60|eth0|left host|0x01||",
		"1795178096.123456790|1514|61|eth0|left host|0x02||",
		"1795178097.123456789|14|14|eth0|left host||first,the second|",
		"1795181696.123456789|1514|1514|eth0|left host|0x01||7",
	}, "\n") + "\n"
	if got != want {
		t.Errorf("tshark reads\n%swant\n%s", got, want)
	}
	classic := save(t, "x.pcap", encode(t, Pcap, someFrames()[:2]))
	got = output(t, nil, "tshark", "-r", classic, "-T", "fields", "-E", "separator=|", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len")
	if want := "1795178096.123456789|60|60\n1795178096.123456790|1514|61\n"; got != want {
		t.Errorf("tshark reads pcap as\n%swant\n%s", got, want)
	}
}

// TestTsharkReadsBlocks has tshark take the file itself apart.
func TestTsharkReadsBlocks(t *testing.T) {
	path := save(t, "x.pcapng", encode(t, PcapNG, someFrames()))
	got := output(t, nil, "tshark", "-r", path, "-X", "read_format:MIME Files Format", "-V")
	for _, want := range []string{
		"x86_64", "Linux 6.18", "eterm 1", "left host", "ether proto 0x88b5", "kernel dropped 20",
		"Number of Received Packets: 1000", "Number of Dropped Packets: 3", "Number of Accepted by Filter Packets: 900",
		"Number of Dropped Packets by OS: 20", "Number of Delivered to the User Packets: 880",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("tshark does not show %q", want)
		}
	}
	if strings.Contains(got, "Malformed") || strings.Contains(got, "Expert Info (Error") {
		t.Errorf("tshark finds the file wrong")
	}
	if t.Failed() {
		t.Log(got)
	}
}

// TestOthersFilesAreRead reads what Wireshark's tools make of a capture.
func TestOthersFilesAreRead(t *testing.T) {
	needTool(t, "editcap")
	path := save(t, "x.pcapng", encode(t, PcapNG, someFrames()[:4]))
	for _, format := range []string{"pcap", "nsecpcap", "pcapng"} {
		out := filepath.Join(t.TempDir(), "x")
		output(t, nil, "editcap", "-F", format, path, out)
		got := readFile(t, out)
		if len(got) != 4 || string(got[3].Bytes) != string(someFrames()[3].Bytes) || got[1].Length != 1514 {
			t.Errorf("%s of editcap: %d frames", format, len(got))
		}
		if format != "pcap" && !got[0].Time.Equal(someFrames()[0].Time) {
			t.Errorf("%s of editcap: time %v", format, got[0].Time)
		}
	}
	// Two interfaces, the second of which is none of Ethernet.
	cooked := encode(t, Pcap, someFrames()[:2])
	cooked[20] = 127
	mixed := filepath.Join(t.TempDir(), "mixed")
	output(t, nil, "mergecap", "-a", "-w", mixed, path, save(t, "radio.pcap", cooked))
	f, err := os.Open(mixed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := readAll(f)
	if len(got) != 4 || err == nil || !strings.Contains(err.Error(), "link type 127 (802.11 with radiotap)") {
		t.Errorf("mixed capture: %d frames, error %v", len(got), err)
	}
}
