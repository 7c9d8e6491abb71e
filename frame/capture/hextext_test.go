package capture

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// twoFrames are a frame of 60 bytes with repeated lines and one of 62.
func twoFrames() [][]byte {
	a := append(bytes.Repeat([]byte{0xff}, 6), 2, 0, 0, 0, 0, 1, 0x88, 0xb5)
	b := append([]byte{}, a...)
	a = append(a, make([]byte, 46)...)
	for i := len(b); i < 62; i++ {
		b = append(b, byte(3*i))
	}
	return [][]byte{a, b}
}

func hexFrames(t *testing.T, text string) string {
	t.Helper()
	frames, err := readAll(strings.NewReader(text))
	if err != nil {
		return fmt.Sprintf("%d frames, %v", len(frames), err)
	}
	var all []string
	for _, f := range frames {
		all = append(all, hex.EncodeToString(f.Bytes))
	}
	return strings.Join(all, " ")
}

func TestHexText(t *testing.T) {
	const header = "ffffffffffff02000000000188b5"
	for name, c := range map[string]struct{ text, want string }{
		"plain":        {header + "00\n" + header + "01\n", header + "00 " + header + "01"},
		"no end":       {header, header},
		"upper case":   {strings.ToUpper(header) + "\r\n", header},
		"0x":           {"0x" + header, header},
		"colons":       {"ff:ff:ff:ff:ff:ff:02:00:00:00:00:01:88:b5", header},
		"dashes":       {"FF-FF-FF-FF-FF-FF-02-00-00-00-00-01-88-B5", header},
		"words":        {"ffff ffff ffff 0200 0000 0001 88b5", header},
		"two lines":    {"ff ff ff ff ff ff\n02 00 00 00 00 01\n88 b5", header},
		"folded at 16": {strings.Repeat("aa ", 16) + "\n" + strings.Repeat("bb ", 16) + "\ncc\n", strings.Repeat("aa", 16) + strings.Repeat("bb", 16) + "cc"},
		"apart at 16":  {strings.Repeat("aa", 16) + "\n" + strings.Repeat("bb", 16), strings.Repeat("aa", 16) + " " + strings.Repeat("bb", 16)},
		"comments":     {"# one\n" + header + "\n# two\n\n" + header + "\n", header + " " + header},
		"prose":        {"Look at this frame:\n\n    " + header + "\n\nThank you\n", header},
		"array":        {"const char p[] = { /* one */\n0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, /* ........ */\n\n 0, 0, 0, 1, // source\n136, 0xb5 };", header},
		"arrays":       {"char a[2] = {1,2};\nchar b[3] =\n{\n3,4,\n5\n};\n{6}", "0102 030405 06"},
		"no braces":    {"0xff, 0xff, 0xff,\n0x01\n\n0x02, 0x03", "ffffff01 0203"},
		"escaped":      {"\"\\xff\\xff\\xff\\xff\\xff\\xff\\x02\\x00\" \\\n\"\\x00\\x00\\x00\\x01\\x88\\xb5\"\n", header},
		"python":       {`p = b'\xff\xff\xff\xff\xff\xff\x02\x00AB\n\'\\"'`, "ffffffffffff020041420a275c22"},
		"shell":        {`\xff\xff\x02`, "ffff02"},
		"notation":     {`eth / text "a\x00"`, `0 frames, no frame in it: want pcap, pcapng or hex text, not "eth / text \"a\\x00\""`},
		"eterm": {"0000  ff ff ff ff ff ff 02 00  00 00 00 01 88 b5        |..............|    eth\n" +
			"000e  00 01 02 03                                       |....|              hex\n! fault at 3: wrong\n" +
			"0000  01                                                |.|                 hex\n", header + "00010203 01"},
		"hexdump": {"00000000  ff ff ff ff ff ff 02 00  00 00 00 01 88 b5 61 62  |..............ab|\n" +
			"00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n" +
			"00000040  61                                                |a|\n00000041\n" +
			"00000000  02\n00000001\n", header + "6162" + strings.Repeat("00", 48) + "61 02"},
		"ascii like hex": {"00000000: 6162 6364 6566 3031 3233 3435 3637 3839  abcdef0123456789\n00000010: 6162                                     ab\n",
			"61626364656630313233343536373839" + "6162"},
		"odd digits":     {header + "0\n", "0 frames, damaged at offset 0: line 1: not a hex byte: odd or wrong digits in \"ffffffffffff02000000000188b50\""},
		"wrong digit":    {"ff ff ff ff ff gf 02 00 00 00 00 01 88 b5\n", "0 frames, damaged at offset 0: line 1: not a hex byte: \"gf\""},
		"frame before":   {header + "\n\n0000: ff ff\n0003: 00\n", "1 frames, damaged at offset 42: line 4: offset 0x3, but the frame has 0x2 bytes up to here"},
		"host order":     {"0000000 ffff ffff ffff 0002 0000 0100 b588\n000000e\n", "0 frames, damaged at offset 0: line 1: two-byte words in the host's order: use hexdump -C or xxd"},
		"huge repeat":    {"00000000  00 00\n*\nffffffff\n", "0 frames, damaged at offset 18: line 3: offset 0xffffffff, but the frame has 0x2 bytes up to here"},
		"trafgen":        {"#include <stddef.h>\n{ fill(0xff, 6), 0x02, fill(0, 4),\n  0b1, c16(0x88b5), \"a,\", const32(7), c64(1) }\n{ const8(9) }", header + "612c" + "00000007" + "0000000000000001 09"},
		"trafgen counts": {"{ 0xff, csumip(14, 33) }", "0 frames, damaged at offset 0: line 1: not a hex byte: \"csumip(14, 33) \""},
		"trafgen draws":  {"{ rnd(6) }", "0 frames, damaged at offset 0: line 1: not a hex byte: \"rnd(6) \""},
		"trafgen fills":  {"{ fill(0, 4000000) }", "0 frames, damaged at offset 0: line 1: not a hex byte: \"fill(0, 4000000) \""},
		"quoted digits":  {"x = bytes.fromhex('" + header + "')\ny = \"abcd\"\n", header},
		"braces in text": {"b'\\x02{a}, 0x00'\n", "027b617d2c2030783030"},
		"characters":     {"FF FF FF FF FF FF 02 00 00 00 00 01 88 B5  ......{....ab.\n", header},
		"array number":   {"{ 1, 256 }", "0 frames, damaged at offset 0: line 1: not a hex byte: \"256\""},
	} {
		if got := hexFrames(t, c.text); got != c.want {
			t.Errorf("%s:\n%s\nis read as %s\nwant       %s", name, c.text, got, c.want)
		}
	}
}

// needTool skips the test where the referee is missing; in CI it fails instead.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is needed here", name)
	}
	t.Skipf("%s is not installed", name)
}

func output(t *testing.T, stdin []byte, name string, args ...string) string {
	t.Helper()
	needTool(t, name)
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, complaint.String())
	}
	return string(out)
}

// TestHexOfTools reads what other programs print of frames.
func TestHexOfTools(t *testing.T) {
	frames := twoFrames()
	var records []Record
	var want []string
	for _, f := range frames {
		records = append(records, Record{Bytes: f})
		want = append(want, hex.EncodeToString(f))
	}
	for _, line := range []string{
		"xxd", "xxd -p", "xxd -u -c 8", "xxd -g 1", "xxd -i", "xxd -a", "hexdump -C", "od -A x -t x1", "od -A x -t x1z -v",
	} {
		words := strings.Fields(line)
		t.Run(line, func(t *testing.T) {
			var all []string
			for _, f := range frames {
				all = append(all, output(t, f, words[0], words[1:]...))
			}
			text := strings.Join(all, "\n")
			if got := hexFrames(t, text); got != strings.Join(want, " ") {
				t.Errorf("%s\nis read as %s\nwant       %s", text, got, strings.Join(want, " "))
			}
		})
	}
	path := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(path, encode(t, Pcap, records), 0o600); err != nil {
		t.Fatal(err)
	}
	expressions := []string{
		"repr(raw(x))", "repr(bytearray(raw(x)))", "'Ether(%r)' % raw(x)", "'p = %r' % raw(x)", "str(bytes_hex(x))",
		"'bytes.fromhex(\"%s\")' % raw(x).hex()", "hexstr(raw(x))", "hexdump(x, dump=True) + chr(10)", "linehexdump(x, dump=True, onlyhex=1)",
	}
	script := "from scapy.all import *\np = rdpcap(" + strconv.Quote(path) + ")\n"
	for _, e := range expressions {
		script += "for x in p: print(" + e + ")\nprint('@')\n"
	}
	for i, text := range strings.SplitN(output(t, nil, "/usr/bin/python3", "-c", script), "@\n", len(expressions)) {
		if got := hexFrames(t, strings.TrimSuffix(text, "@\n")); got != strings.Join(want, " ") {
			t.Errorf("scapy's %s\n%s\nis read as %s\nwant       %s", expressions[i], text, got, strings.Join(want, " "))
		}
	}
	t.Run("netsniff-ng", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "x.cfg")
		output(t, nil, "netsniff-ng", "--silent", "--in", path, "--out", out)
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got := hexFrames(t, string(text)); got != strings.Join(want, " ") {
			t.Errorf("%s\nis read as %s\nwant       %s", text, got, strings.Join(want, " "))
		}
	})
	for _, line := range []string{"tcpdump -xx -r", "tcpdump -XX -e -n -r", "tshark -x -r"} {
		words := append(strings.Fields(line), path)
		t.Run(line, func(t *testing.T) {
			text := output(t, nil, words[0], words[1:]...)
			if got := hexFrames(t, text); got != strings.Join(want, " ") {
				t.Errorf("%s\nis read as %s\nwant       %s", text, got, strings.Join(want, " "))
			}
		})
	}
}
