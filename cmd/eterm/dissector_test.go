package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/wireshark"
	"eterm/frame"
	"eterm/frame/capture"
	"eterm/frame/inband"
	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface/lab/labtest"
)

// framesOfOurs are frames of every kind that eterm sends, as they are and as
// links and switches spoil them.
func framesOfOurs(t *testing.T) (frames [][]byte) {
	t.Helper()
	plan := probe.Plan{Length: 46, Pattern: probe.Alternating, Streams: 3, Total: 1 << 40, Interval: 123456789, TCI: 0x600a, Mixed: true}
	account := probe.SenderAccount{Intended: 10, Offered: 9, Refused: 1 << 50, Elapsed: 1e10, Doubted: true}
	key, err := seal.New([]byte("the key of the test"))
	must(t, err)
	for _, around := range []string{"eth type=0x88b5", "eth / vlan id=5 / vlan id=6 type=0x88b5", "eth / ipv4 / udp", "eth / ipv4 / icmp echo-request", "eth type=0x8847 / hex 000551ff"} {
		header, err := frame.Parse(strings.Replace(around, "eth", "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01", 1) + " / pad 0")
		must(t, err)
		head := header.Append(nil)
		test, kind := plan.AppendPayload(bytes.Clone(head))
		frames = append(frames, put(test, len(head), probe.Mark{Kind: kind, Stream: 3, Session: 0xabcdef, Seq: 1 << 31, Time: 1<<32 - 1}),
			put(append(bytes.Clone(head), make([]byte, 40)...), len(head), probe.Mark{Kind: probe.KindMark, Session: 1, Seq: 7}),
			put(plan.AppendPlanPayload(bytes.Clone(head)), len(head), probe.Mark{Kind: probe.KindPlan}),
			put(plan.AppendEndPayload(bytes.Clone(head), account), len(head), probe.Mark{Kind: probe.KindEnd, Stream: 255}))
		sealed, _ := plan.AppendSealedPayload(bytes.Clone(head))
		probe.NewSealedWriter(sealed, len(head), probe.KindMark, 9, 0x123456, key)
		frames = append(frames, sealed)
	}
	echo := inband.Echo{ID: 77, Seq: 65535, Data: []byte("data")}
	local := frames[0][:14]
	frames = append(frames, echo.Append(bytes.Clone(local), inband.EchoRequest), inband.Echo{}.Append(bytes.Clone(local), inband.EchoReply))
	talk := make([]byte, inband.TalkLen+9)
	for i := range talk {
		talk[i] = byte(200 + i)
	}
	talk[36], talk[37] = 0, 9
	frames = append(frames, inband.Append(bytes.Clone(local), inband.TalkRequest, talk), inband.Append(bytes.Clone(local), inband.TalkReply, talk[:30]),
		inband.Append(bytes.Clone(local), 99, nil))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 600 { // wrong bits, mostly few and mostly in front
		b := bytes.Clone(frames[i%28])
		for range 1 + r.IntN(1+i/150) {
			at := r.IntN(min(len(b), 14+r.IntN(60)))
			b[at] ^= 1 << r.IntN(8)
		}
		if i%9 == 0 {
			b = b[:14+r.IntN(len(b)-14)]
		}
		frames = append(frames, b)
	}
	return frames
}

func put(b []byte, at int, m probe.Mark) []byte {
	probe.Put(b, at, m)
	return b
}

// captureOf writes frames to a file.
func captureOf(t *testing.T, frames [][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "frames.pcapng")
	c, err := capture.Create(path, capture.RecorderOptions{})
	must(t, err)
	for _, b := range frames {
		must(t, c.Write(&capture.Record{Bytes: b, Length: len(b)}))
	}
	must(t, c.Close())
	return path
}

// dissected is what tshark with the dissector says of a file.
func dissected(t *testing.T, args ...string) string {
	t.Helper()
	labtest.Tool(t, "tshark")
	script := filepath.Join(t.TempDir(), "eterm.lua")
	must(t, os.WriteFile(script, []byte(wireshark.Dissector), 0o600))
	cmd := exec.CommandContext(t.Context(), "tshark", append([]string{"-X", "lua_script:" + script}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || strings.Contains(errs.String(), "Lua") {
		t.Fatalf("tshark: %v: %s", err, &errs)
	}
	return string(out)
}

// decodedFields are the same fields by decode --json, by the dissector's names.
func decodedFields(t *testing.T, path string) (all []map[string]string) {
	t.Helper()
	_, out, _ := eterm(t, "decode", "--json", "-r", path)
	numbers := map[string]string{"test": "1", "test with plan": "2", "plan": "3", "end": "4", "echo request": "2", "echo reply": "3", "talk request": "4", "talk reply": "5"}
	for line := range strings.Lines(out) {
		var object struct {
			Type, Hex     string
			Mark, Message map[string]any
		}
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		must(t, d.Decode(&object))
		if object.Type != "frame" {
			continue
		}
		fields := map[string]string{}
		byDissector(fields, "eterm", object.Mark)
		byDissector(fields, "eterm.message", object.Message)
		for _, name := range []string{"eterm.kind", "eterm.message.kind"} {
			if n, ok := numbers[fields[name]]; ok {
				fields[name] = n
			}
		}
		all = append(all, fields)
	}
	return all
}

// byDissector puts the members of an object into fields by the dissector's names.
func byDissector(fields map[string]string, prefix string, object map[string]any) {
	for name, value := range object {
		name = prefix + "." + name
		switch v := value.(type) {
		case map[string]any:
			byDissector(fields, strings.Replace(name, ".message.", ".", 1), v)
		case bool:
			fields[name] = map[bool]string{true: "1", false: "0"}[v]
		default:
			fields[name] = fmt.Sprint(v)
		}
	}
	if crc, ok := fields["eterm.crc"]; ok {
		fields["eterm.crc.verdict"] = crc
		delete(fields, "eterm.crc")
	}
}

// knownToBoth are the fields that both know; of data decode has the length alone.
func knownToBoth(fields map[string]string) map[string]string {
	fields = maps.Clone(fields)
	for _, name := range []string{"eterm.echo.data", "eterm.talk.piece"} {
		if v, ok := fields[name]; ok {
			fields[name] = strconv.Itoa(len(strings.ReplaceAll(v, ":", "")) / 2)
		}
	}
	for _, name := range []string{"eterm.talk.seal", "eterm.talk.token"} {
		if v, ok := fields[name]; ok {
			fields[name] = strings.TrimPrefix(v, "0x")
		}
	}
	for _, only := range []string{"eterm.crc", "eterm.gap", "eterm.back", "eterm.seal"} {
		delete(fields, only)
	}
	return fields
}

// fieldNames are those that the dissector registers.
func fieldNames() (names []string) {
	for _, word := range strings.Split(wireshark.Dissector, `("`)[1:] {
		if name, _, _ := strings.Cut(word, `"`); strings.HasPrefix(name, "eterm.") && !strings.HasSuffix(name, ".expert") {
			names = append(names, name)
		}
	}
	return names
}

// sharkFields are the dissector's fields of each frame.
func sharkFields(t *testing.T, path string, more ...string) (all []map[string]string) {
	t.Helper()
	args := append([]string{"-r", path, "-T", "fields", "-E", "separator=|"}, more...)
	names := fieldNames()
	for _, name := range names {
		args = append(args, "-e", name)
	}
	for line := range strings.Lines(dissected(t, args...)) {
		fields := map[string]string{}
		for i, v := range strings.Split(strings.TrimSuffix(line, "\n"), "|") {
			if v == "True" || v == "False" { // as later versions have it
				v = map[string]string{"True": "1", "False": "0"}[v]
			}
			if v != "" {
				fields[names[i]] = v
			}
		}
		all = append(all, fields)
	}
	return all
}

// TestDissector: every field has the value that decode has.
func TestDissector(t *testing.T) {
	frames := framesOfOurs(t)
	path := captureOf(t, frames)
	want, got := decodedFields(t, path), sharkFields(t, path)
	if len(got) != len(frames) || len(want) != len(frames) {
		t.Fatalf("%d frames, %d of tshark, %d of decode", len(frames), len(got), len(want))
	}
	verdicts := map[string]int{}
	for i := range frames {
		for _, name := range []string{"eterm.echo.data", "eterm.talk.piece"} { // nothing is no field
			if want[i][name] == "0" {
				delete(want[i], name)
			}
		}
		if !maps.Equal(knownToBoth(got[i]), want[i]) {
			t.Errorf("frame %d %x:\n%v, decode has\n%v", i, frames[i], knownToBoth(got[i]), want[i])
		}
		verdicts[want[i]["eterm.crc.verdict"]]++
		if at, err := strconv.Atoi(want[i]["eterm.offset"]); err == nil && got[i]["eterm.crc"] != fmt.Sprintf("0x%02x", frames[i][at+7]) {
			t.Errorf("frame %d: CRC %s", i, got[i]["eterm.crc"])
		}
	}
	for _, v := range []string{"right", "repaired", "wrong", ""} {
		if verdicts[v] < 10 {
			t.Errorf("%d frames whose CRC is %q: the test is of too little", verdicts[v], v)
		}
	}
}

// TestDissectorOfOtherLua: other versions of Lua say the same.
func TestDissectorOfOtherLua(t *testing.T) {
	frames := framesOfOurs(t)
	want := sharkFields(t, captureOf(t, frames))
	script := filepath.Join(t.TempDir(), "eterm.lua")
	must(t, os.WriteFile(script, []byte(wireshark.Dissector), 0o600))
	var in bytes.Buffer
	for _, b := range frames {
		fmt.Fprintln(&in, hex.EncodeToString(b))
	}
	for _, lua := range []string{"lua5.2", "lua5.4"} {
		labtest.Tool(t, lua)
		cmd := exec.CommandContext(t.Context(), lua, "testdata/wireshark.lua", script)
		cmd.Stdin = bytes.NewReader(in.Bytes())
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", lua, err, &errs)
		}
		lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if len(lines) != len(frames) {
			t.Fatalf("%s: %d lines", lua, len(lines))
		}
		for i, line := range lines {
			got := map[string]string{}
			for _, word := range strings.Fields(strings.ReplaceAll(line, " ", "_")) {
				name, value, _ := strings.Cut(word, "=")
				got[name] = value
			}
			if !sameFields(got, want[i]) {
				t.Errorf("%s, frame %d:\n%v, tshark has\n%v", lua, i, got, want[i])
			}
		}
	}
}

// sameFields compares fields of which some are only bytes.
func sameFields(got, want map[string]string) bool {
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		return false
	}
	for name, value := range got {
		digits, isBytes := strings.CutPrefix(value, "x:")
		w := strings.ReplaceAll(want[name], ":", "")
		n, err := strconv.ParseUint(w, 0, 64)
		g, gotErr := strconv.ParseUint(digits, 16, 64)
		if name == "eterm.plan.pattern" {
			g &= 0x7f
		}
		switch {
		case isBytes && (digits == w || err == nil && gotErr == nil && g == n):
		case !isBytes && (value == w || value == map[string]string{"1": "true", "0": "false"}[w]):
		default:
			return false
		}
	}
	return true
}

// TestDissectorNamesCutFrames: a frame that editcap has cut out, short or whole,
// is named, and what is missing between two is counted.
func TestDissectorNamesCutFrames(t *testing.T) {
	labtest.Tool(t, "editcap")
	frames := framesOfOurs(t)
	var run [][]byte
	for _, n := range []uint32{4294967294, 4294967295, 0, 1, 2, 3, 2, 4} {
		run = append(run, put(bytes.Clone(frames[0]), 14, probe.Mark{Kind: probe.KindMarkPlan, Session: 0x123456, Seq: n}))
	}
	path, cut := captureOf(t, run), filepath.Join(t.TempDir(), "cut.pcapng")
	for _, c := range []struct{ args, want string }{
		{"-r PATH CUT 3", "eterm test with plan session 0x123456 stream 0 number 0\n"},
		{"-r -s 40 PATH CUT 4", "eterm test with plan session 0x123456 stream 0 number 1\n"},
		{"-r PATH CUT 1 5 7-8", "eterm test with plan session 0x123456 stream 0 number 4294967294\n" +
			"eterm test with plan session 0x123456 stream 0 number 2 [3 missing before]\n" +
			"eterm test with plan session 0x123456 stream 0 number 2 [late or a duplicate]\n" +
			"eterm test with plan session 0x123456 stream 0 number 4 [1 missing before]\n"},
	} {
		words := strings.Fields(strings.NewReplacer("PATH", path, "CUT", cut).Replace(c.args))
		if out, err := exec.CommandContext(t.Context(), "editcap", words...).CombinedOutput(); err != nil {
			t.Fatalf("editcap: %v: %s", err, out)
		}
		for _, passes := range []string{"-l", "-2"} {
			got := dissected(t, passes, "-r", cut, "-T", "fields", "-E", "separator=/s", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info")
			if got != c.want {
				t.Errorf("editcap %s, tshark %s: %q, want %q", c.args, passes, got, c.want)
			}
		}
	}
}
