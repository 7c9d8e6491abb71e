package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
)

func TestLinkUsage(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"link", "eterm link needs one of: receive, send, run"},
		{"link send -i x", "no destination given: say --to MAC, the receiver's address, or --to broadcast"},
		{"link run --tx a", "--tx and --rx go together: give all of them or none"},
		{"link run --tx a --rx a", "--tx and --rx are both a: name two ports that something joins"},
		{"link run --direction up", `invalid value "up" for flag --direction: want forward, reverse or both`},
		{"link receive --max-loss much", `invalid value "much" for flag --max-loss: want a number of frames, or a share such as 0.1%`},
		{"link send --to broadcast -b quick", `invalid value "quick" for flag -b: want a rate such as 1000pps, 100Mbit, 10% or max`},
		{"link send --to broadcast -s 63", `invalid value "63" for flag -s: want sizes in bytes with FCS, 64 to 9216, such as 64 or 64,1518 or 64..1518/8`},
		{"link run --ip 192.0.2.1", `invalid value "192.0.2.1" for flag --ip: want two IPv4 addresses, such as 192.0.2.1,192.0.2.2`},
		{"link run --pattern dots", `invalid value "dots" for flag --pattern: want random, zeros, ones or alternating`},
		{"link run --streams 257", `invalid value "257" for flag --streams: want 1 to 256`},
		{"link send -i lo --to broadcast -b 10%", "--rate 10%: the line's speed is unknown: give the rate in pps or Mbit"},
		{"link receive", "no interface given: say -i NAME or set ETERM_INTERFACE (eterm interfaces lists them)"},
		{"link receive -i eth0 x", `eterm link receive takes no operand, but was given "x"`},
	} {
		status, stdout, stderr := eterm(t, strings.Fields(c.line)...)
		if status != exit.StatusUsage || stdout != "" || stderr != "eterm: "+c.want+"\n" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want 2, none, %q", c.line, status, stdout, stderr, c.want)
		}
	}
}

// inLab runs a lab and returns the JSON objects of both hosts, the last of
// each, and the wire's if there was one.
func inLab(t *testing.T, left, right string, wire ...string) (status int, l, r linktest.Total, w show.Wire, text string) {
	t.Helper()
	status, stdout, stderr := runProgram(t, append([]string{"lab", "--json", "--left", left, "--right", right}, wire...)...)
	for line := range strings.Lines(stdout) {
		var o show.HostLine
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err, line)
		}
		switch {
		case o.Type == "wire":
			if err := json.Unmarshal([]byte(line), &w); err != nil {
				t.Fatal(err)
			}
		case o.Host == "left" && o.Object != nil:
			unmarshal(t, string(o.Object), &l)
		case o.Host == "right" && o.Object != nil:
			unmarshal(t, string(o.Object), &r)
		}
	}
	return status, l, r, w, stdout + stderr
}

// endedAs says whether a run ended with the status wanted. On a machine that has
// too much else to do it may say instead, and rightly, that it could not keep
// the rate: then only its counts are of interest.
func endedAs(want, status int, r linktest.Total) bool {
	late := slices.ContainsFunc(r.Verdict.Untrusted, func(why string) bool {
		return strings.Contains(why, "where") && strings.Contains(why, "were asked for")
	})
	return status == want || status == exit.StatusUntrusted && late
}

// TestLinkOneWayIsTheWires: what link receive reports is what the lab's wire
// says it did, over real sockets.
func TestLinkOneWayIsTheWires(t *testing.T) {
	t.Parallel()
	status, sent, got, wire, text := inLab(t, "link send --to broadcast -c 2000 -b 5kpps --streams 1 -s 64,512 -Q 3:100 --json -q",
		"link receive --runs 1 --json -q --shared-clock", "--delay", "3ms", "--loss", "2%", "--duplicate", "2%", "--reorder", "2%", "--corrupt", "2%", "--truncate", "1%", "--seed", "3")
	if wire.Type == "" || len(wire.Forward) == 0 {
		t.Fatal(text)
	}
	skipWhereBusy(t, sent)
	a, d := wire.Forward[0], got.Receiver.Report.Damage
	if wire.RelayDropped > 0 || a.In != 2000 {
		t.Skip("the relay was too slow here")
	}
	if !endedAs(exit.StatusDone, status, sent) || got.Type != "result" || sent.Offered != 2000 || got.Offered != 2000 || got.OfferedKnown != "end" {
		t.Errorf("status %d, sent %+v, got %+v", status, sent.Result, got.Result)
	}
	if got.Lost != a.Lost || got.OnTheWay != a.Lost || got.Duplicated != a.Duplicated || got.Reordered != a.Reordered ||
		d.WrongBits != a.Corrupted || d.Truncated != a.Truncated || got.Received != a.In-a.Lost {
		t.Errorf("%d lost, %d duplicated, %d reordered, %d with wrong bits, %d cut; the wire says %+v", got.Lost, got.Duplicated, got.Reordered, d.WrongBits, d.Truncated, a)
	}
	// What the wire held frames for is part of the delay.
	if delay := got.Receiver.Report.Delay; delay.Kind != "one_way" || delay.Min < 3e6 || delay.Min < int64(a.DelayMin)*999/1000 {
		t.Errorf("delay %+v, held %v to %v", delay, a.DelayMin, a.DelayMax)
	}
}

// skipWhereBusy skips a test of a status where this machine had no time for the
// load, which is a status of its own.
func skipWhereBusy(t *testing.T, results ...linktest.Total) {
	t.Helper()
	for _, r := range results {
		for _, why := range r.Verdict.Untrusted {
			if strings.Contains(why, "frames a second were offered") {
				t.Skip("this machine is too busy: ", why)
			}
		}
	}
}

// TestLinkRunBothWays with each of the two that answer.
func TestLinkRunBothWays(t *testing.T) {
	t.Parallel()
	for _, peer := range []string{"link receive --runs 1 --json -q", "respond -d 3 --json"} {
		status, asked, told, _, text := inLab(t, "link run -c 1000 -b 2kpps --json -q -o "+filepath.Join(t.TempDir(), "result.json"), peer)
		if !endedAs(exit.StatusDone, status, asked) || len(asked.Directions) != 2 || asked.Received != 2000 || asked.Lost != 0 || asked.RTT == nil {
			t.Errorf("%s: status %d, %+v\n%s", peer, status, asked.Result, text)
		}
		if strings.HasPrefix(peer, "link") && (told.Received != 2000 || len(told.Directions) != 2) {
			t.Errorf("the other end was told %+v", told.Result)
		}
	}
}

func TestLinkLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit string
		want  int
	}{{"--max-loss 0", exit.StatusNo}, {"--max-loss 50%", exit.StatusDone}, {"--max-duplicate 0 --max-reorder 0", exit.StatusDone}, {"--max-p99 1ns", exit.StatusNo}} {
		status, asked, _, _, text := inLab(t, "link run -c 300 -b 1kpps --direction forward --json -q "+c.limit, "link receive --runs 1 -q", "--loss", "10%")
		if !endedAs(c.want, status, asked) {
			t.Errorf("%s: status %d, want %d\n%s", c.limit, status, c.want, text)
		}
	}
}

func TestLinkReceiveOfNothing(t *testing.T) {
	t.Parallel()
	status, _, _, _, text := inLab(t, "version", "link receive -d 0.3")
	if status != exit.StatusNo || !strings.Contains(text, "no test frame came") {
		t.Errorf("status %d: %s", status, text)
	}
	status, _, _, _, text = inLab(t, "link run -c 1", "version")
	if status != exit.StatusNo || !strings.Contains(text, "nobody replies: is ") {
		t.Errorf("status %d: %s", status, text)
	}
}

// ended is a run of eterm in a host that a signal ends in the middle.
func ended(t *testing.T, sig syscall.Signal, victim, other []string, victimFirst bool) (victimStatus, otherStatus int, victimOut, otherOut string) {
	t.Helper()
	left, right := labtest.Pair(t)
	start := func(args []string, h interface{ Start(cmd *exec.Cmd) error }) (*exec.Cmd, *bufio.Reader) {
		cmd := program(t.Context(), args...)
		out, err := cmd.StdoutPipe()
		must(t, err)
		ready, given, err := os.Pipe()
		must(t, err)
		defer ready.Close()
		cmd.ExtraFiles, cmd.Env = []*os.File{given}, append(cmd.Env, lab.ReadyVar+"=3")
		must(t, h.Start(cmd))
		must(t, given.Close())
		_, err = io.Copy(io.Discard, ready) // a receiver that is not there yet does not hear the beginning
		must(t, err)
		return cmd, bufio.NewReader(out)
	}
	var v, o *exec.Cmd
	var vOut, oOut *bufio.Reader
	if victimFirst {
		v, vOut = start(victim, right)
		o, oOut = start(other, left)
	} else {
		o, oOut = start(other, right)
		v, vOut = start(victim, left)
	}
	first, _ := vOut.ReadString('\n') // it is at work
	_ = v.Process.Signal(sig)
	return wait(t, v, vOut, first, &victimOut), wait(t, o, oOut, "", &otherOut), victimOut, otherOut
}

func wait(t *testing.T, cmd *exec.Cmd, out *bufio.Reader, first string, all *string) int {
	var b strings.Builder
	b.WriteString(first)
	_, _ = out.WriteTo(&b)
	*all = b.String()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// lastResult is the last object a command printed.
func lastResult(t *testing.T, out string) (r linktest.Total) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	unmarshal(t, lines[len(lines)-1], &r)
	return r
}

var (
	receiveJSON = strings.Fields("link receive -i eth0 --runs 1 --json")
	sendJSON    = strings.Fields("link send -i eth0 --to broadcast -c 100000 -b 2000pps --json")
)

func TestLinkSenderInterrupted(t *testing.T) {
	t.Parallel()
	s, r, sent, got := ended(t, syscall.SIGINT, sendJSON, receiveJSON, false)
	a, b := lastResult(t, sent), lastResult(t, got)
	if !endedAs(exit.StatusDone, s, a) || r != exit.StatusDone || a.Offered == 0 || a.Offered != b.Offered || b.Received > b.Offered || b.NeverOffered != 100_000-b.Offered {
		t.Errorf("status %d and %d, %d offered, %d and %d known to the receiver", s, r, a.Offered, b.Offered, b.Received)
	}
}

// TestLinkSenderKilled: the receiver knows the plan from any frame, and ends by
// itself. What it did not hear of is lost or never sent, and it does not say which.
func TestLinkSenderKilled(t *testing.T) {
	t.Parallel()
	_, r, _, got := ended(t, syscall.SIGKILL, sendJSON, receiveJSON, false)
	b := lastResult(t, got)
	if r != exit.StatusUntrusted || b.OfferedKnown != "plan" || b.Intended != 100_000 || b.Lost != 0 || b.NotKnown != b.Intended-b.Received || b.Received == 0 {
		t.Errorf("status %d, %+v", r, b.Result)
	}
}

// TestLinkReceiverLate: what was sent before the receiver listened is not the
// link's loss.
func TestLinkReceiverLate(t *testing.T) {
	t.Parallel()
	left, right := labtest.Pair(t)
	sender := on(t, left, strings.Fields("link send -i eth0 --to broadcast -c 3000 -b 2kpps -q")...)
	time.Sleep(300 * time.Millisecond) // how late the receiver is, and no event
	receiver := on(t, right, strings.Fields("link receive -i eth0 --runs 1 --json")...)
	sender.end(t)
	status := receiver.end(t)
	r := lastResult(t, receiver.stdout.String())
	if r.Received == 0 || r.Received == 3000 || r.OfferedKnown != "end" {
		t.Skipf("%d received: the receiver was not late here", r.Received)
	}
	// The kernel hands over frames a moment before the receiver says it listens.
	if status != exit.StatusUntrusted || r.OnTheWay > r.Lost/10 || r.Where.BeforeListening != r.Lost-r.OnTheWay {
		t.Errorf("status %d, %d lost, %d on the way, %+v", status, r.Lost, r.OnTheWay, r.Where)
	}
}

func TestLinkReceiverInterrupted(t *testing.T) {
	t.Parallel()
	// Long enough that a busy host still interrupts in the middle.
	short := strings.Fields("link send -i eth0 --to broadcast -c 10000 -b 2000pps --json")
	s, r, got, sent := ended(t, syscall.SIGINT, receiveJSON, short, true)
	a, b := lastResult(t, sent), lastResult(t, got)
	if !endedAs(exit.StatusDone, r, a) || s != exit.StatusUntrusted || a.Offered != 10000 || b.Received == 0 || b.Received+b.Lost+b.NotKnown != 10000 || b.NotKnown == 0 {
		t.Errorf("status %d and %d, %d offered, %d received", s, r, a.Offered, b.Received)
	}
}

// TestASmallRunDoesNotEndAReceiver: somebody else's run that is over first does
// not end a receiver of one run before the busier one, and is not passed over.
func TestASmallRunDoesNotEndAReceiver(t *testing.T) {
	t.Parallel()
	left, right := labtest.Pair(t)
	receiver := on(t, right, strings.Fields("link receive -i eth0 --runs 1 --json")...)
	busy := on(t, left, strings.Fields("link send -i eth0 --to broadcast -c 3000 -b 1kpps --json")...)
	small := on(t, left, strings.Fields("link send -i eth0 --to broadcast -c 5 -b 100pps -q")...)
	small.end(t)
	busy.end(t)
	status := receiver.end(t)
	out := receiver.stdout.String()
	if last := lastResult(t, out); last.Received != 3000 || status != exit.StatusUntrusted || !strings.Contains(receiver.stderr.String(), "2 runs ended where 1 ") {
		t.Errorf("status %d, the last run had %d frames: %s", status, last.Received, &receiver.stderr)
	}
}

// TestAnotherSendersRunDoesNotStandForOurs: a complete run of another station
// before the one agreed on does not end a receiver of one run; both are reported,
// and that is said. With --from the other's is in no account.
func TestAnotherSendersRunDoesNotStandForOurs(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"", " --from 02:00:00:00:00:0a"} {
		left, right := labtest.Pair(t)
		must(t, left.Do(func() error { return exec.Command("ip", "link", "set", "eth0", "address", "02:00:00:00:00:0a").Run() }))
		receiver := on(t, right, strings.Fields("link receive -i eth0 --runs 1 --json"+from)...)
		forged := on(t, left, strings.Fields("link send -i eth0 --to broadcast --from 02:00:00:00:00:66 -c 1000 -b 250pps -q")...)
		// It is agreed on while the other's lasts, and ends after it.
		asked := on(t, left, strings.Fields("link run -i eth0 -c 5000 -b 1kpps --json")...)
		if status := forged.end(t); status == exit.StatusUsage {
			t.Fatalf("the forger: status %d: %s", status, &forged.stderr)
		}
		asked.end(t)
		status := receiver.end(t)
		out, said := receiver.stdout.String(), receiver.stderr.String()
		if last := lastResult(t, out); len(last.Directions) != 2 || last.Received != 10_000 {
			t.Errorf("the true run is not reported last: %s", out)
		}
		if from == "" && (status != exit.StatusUntrusted || !strings.Contains(said, "2 runs ended where 1 of them should: another sender?") || !strings.Contains(out, `"intended":1000,`)) {
			t.Errorf("status %d: %s", status, said)
		}
		if from != "" && (status == exit.StatusUntrusted && lastResult(t, out).Verdict.Untrusted == nil || strings.Contains(out, `"intended":1000,`)) {
			t.Errorf("status %d: %s %s", status, said, out)
		}
	}
}

// TestReceiveFrom: nobody else's run is taken, and that is said.
func TestReceiveFrom(t *testing.T) {
	t.Parallel()
	status, _, _, _, text := inLab(t, "link send --to broadcast -c 50 -b 1kpps -q", "link receive -d 2 -q --from 02:00:00:00:00:77")
	if status != exit.StatusNo || !strings.Contains(text, "test frames came from other stations than --from 02:00:00:00:00:77") {
		t.Errorf("status %d: %s", status, text)
	}
}

// TestRespondBoundsLoads: by --max-rate, and by --rate where that is not given.
func TestRespondBoundsLoads(t *testing.T) {
	t.Parallel()
	for flags, refused := range map[string]bool{"--max-rate 500pps": true, "--rate 500pps": true, "--rate 500pps --max-rate 2kpps": false} {
		status, got, _, _, text := inLab(t, "link run -c 100 -b 1kpps --direction reverse --json -q", "respond -q -d 4 "+flags)
		if refused != strings.Contains(text, "this end offers at most 500") || refused == (status == exit.StatusDone) || !refused && got.Received != 100 {
			t.Errorf("%s: status %d: %s", flags, status, text)
		}
	}
}

// TestLinkWithAKey: both ends with the same account for all; a sender without it
// is in no account, and that is said; sizes without room are refused.
func TestLinkWithAKey(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(key, []byte("what both ends have\n"), 0o600))
	status, sent, got, _, text := inLab(t, "link send --to broadcast -c 200 -b 1kpps --json -q --key "+key, "link receive --runs 1 --json -q --key "+key)
	if !endedAs(exit.StatusDone, status, sent) || got.Received != 200 || got.Receiver.Report.Contradictions.Total() != 0 {
		t.Errorf("one way: status %d, %d received: %s", status, got.Received, text)
	}
	status, asked, told, _, text := inLab(t, "link run -c 200 -b 1kpps --json -q --key "+key, "link receive --runs 1 --json -q --key "+key)
	if !endedAs(exit.StatusDone, status, asked) || asked.Received != 400 || told.Received != 400 {
		t.Errorf("both ways: status %d, %d and %d received: %s", status, asked.Received, told.Received, text)
	}
	status, _, _, _, text = inLab(t, "link send --to broadcast -c 200 -b 1kpps -q", "link receive -d 2 -q --key "+key)
	if status != exit.StatusUntrusted || !strings.Contains(text, "without the seal of the key") {
		t.Errorf("a sender without the key: status %d: %s", status, text)
	}
	status, _, _, _, text = inLab(t, "link send --to broadcast -c 2 -s 64 --ip 192.0.2.1,192.0.2.2 -q --key "+key, "link receive -d 20 --json -q --key "+key)
	if status != exit.StatusUsage || !strings.Contains(text, "the mark needs 28 with the seal of the key: at least 74") {
		t.Errorf("a size without room: status %d: %s", status, text)
	}
}

func TestLinkPeerKilled(t *testing.T) {
	t.Parallel()
	run := strings.Fields("link run -i eth0 -d 3 -b 1000pps --json")
	_, r, _, out := ended(t, syscall.SIGKILL, receiveJSON, run, true)
	b := lastResult(t, out)
	if r != exit.StatusUntrusted || len(b.Directions) != 2 || b.Directions[0].Receiver != nil || len(b.Verdict.Untrusted) == 0 {
		t.Errorf("status %d, %+v", r, b.Result)
	}
}

func TestLinkResultFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "r")
	status, _, _, _, text := inLab(t, "link send --to broadcast -c 10 -o "+file, "link receive --runs 1")
	b, err := os.ReadFile(file)
	if got := lastResult(t, string(b)); !endedAs(exit.StatusDone, status, got) || err != nil || got.Offered != 10 {
		t.Errorf("status %d, %v, %s\n%s", status, err, b, text)
	}
	status, _, _, _, text = inLab(t, "link send --to broadcast -c 10 -o "+file, "version")
	if status != exit.StatusUsage || !strings.Contains(text, "name a new file") {
		t.Errorf("status %d: %s", status, text)
	}
}

// TestLinkOnOneMachine: a host with two interfaces on one switch.
func TestLinkOnOneMachine(t *testing.T) {
	t.Parallel()
	host, middle := labtest.Host(t, "host"), labtest.Host(t, "switch")
	if err := middle.Switch("br0"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"eth1", "eth2"} {
		labtest.Cable(t, host, name, middle, name)
		if err := middle.AddPort("br0", name); err != nil {
			t.Fatal(err)
		}
	}
	cmd := program(t.Context(), strings.Fields("link run --tx eth1 --rx eth2 -c 1000 -b 1kpps --imix --direction both --max-loss 0 --max-p99 10s --json")...)
	var out strings.Builder
	cmd.Stdout = &out
	if err := host.Start(cmd); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	r := lastResult(t, out.String())
	skipWhereBusy(t, r)
	if cmd.ProcessState.ExitCode() != exit.StatusDone || r.Received != 2000 || len(r.Directions) != 2 {
		t.Fatalf("status %d, %s", cmd.ProcessState.ExitCode(), out.String())
	}
	if d := r.Directions[1].Receiver.Report.Delay; d.Kind != "one_way" || d.Count != 1000 || d.Min <= 0 {
		t.Errorf("delay %+v", d)
	}
}
