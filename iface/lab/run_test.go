package lab_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// act is what this test binary does when a Bench runs it as a command.
func act(args []string) int {
	switch args[0] {
	case "serve": // accepts one connection, says what it gets
		l, err := net.Listen("tcp4", "192.0.2.2:7")
		if err != nil {
			return fail(err)
		}
		lab.Ready()
		c, err := l.Accept()
		if err != nil {
			return fail(err)
		}
		b := make([]byte, 100)
		n, _ := c.Read(b)
		fmt.Print("got ", string(b[:n]))
	case "call": // connects once: fails when nobody listens yet
		c, err := net.Dial("tcp4", "192.0.2.2:7")
		if err != nil {
			return fail(err)
		}
		fmt.Fprint(c, "hello\nno newline")
	case "exit":
		status, _ := strconv.Atoi(args[1])
		return status
	case "killed": // as by kill -9 from outside
		lab.Ready()
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		select {}
	case "interrupted": // runs until it is interrupted
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		lab.Ready()
		fmt.Println("ready")
		<-c
		fmt.Println("bye")
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func newBench(t *testing.T) *lab.Bench {
	t.Helper()
	labtest.Need(t)
	b, err := lab.NewBench()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestRunStartsTheListenerFirst(t *testing.T) {
	b := newBench(t)
	if err := b.Bridge(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var got []string
		status, err := b.Run(t.Context(), lab.Commands{
			Left: []string{"call"}, Right: []string{"serve"},
			Line: func(host string, stderr bool, line []byte) { got = append(got, fmt.Sprint(host, stderr, string(line))) },
		})
		want := []string{"rightfalsegot hello", "rightfalseno newline"}
		if err != nil || status != 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("status %d, %v, printed %q, want %q", status, err, got, want)
		}
	}
}

func TestRunReturnsTheWorstStatus(t *testing.T) {
	b := newBench(t)
	for _, statuses := range [][]string{{"0", "3"}, {"2", "1"}, {"0", "0"}} {
		status, err := b.Run(t.Context(), lab.Commands{
			Left: []string{"exit", statuses[0]}, Right: []string{"exit", statuses[1]},
			Line: func(string, bool, []byte) {},
		})
		if want := slices.Max(statuses); err != nil || strconv.Itoa(status) != want {
			t.Errorf("%v: status %d, %v, want %s", statuses, status, err, want)
		}
	}
}

// TestRunEndsWhenOneIsKilled: what the other waits for does not come any more.
func TestRunEndsWhenOneIsKilled(t *testing.T) {
	b := newBench(t)
	for _, c := range []lab.Commands{
		{Left: []string{"killed"}, Right: []string{"interrupted"}},
		{Left: []string{"interrupted"}, Right: []string{"killed"}},
	} {
		bye := false
		c.Line = func(_ string, _ bool, line []byte) { bye = bye || string(line) == "bye" }
		status, err := b.Run(t.Context(), c)
		if err != nil || status != 3 || !bye {
			t.Errorf("%v: status %d, %v, the other ended by itself: %v", c.Left, status, err, bye)
		}
	}
}

// TestRunEndsWhenOneCannotBegin: of a usage error nobody hears anything.
func TestRunEndsWhenOneCannotBegin(t *testing.T) {
	b := newBench(t)
	for _, c := range []lab.Commands{
		{Left: []string{"exit", "2"}, Right: []string{"interrupted"}},
		{Left: []string{"interrupted"}, Right: []string{"exit", "2"}},
	} {
		bye := false
		c.Line = func(_ string, _ bool, line []byte) { bye = bye || string(line) == "bye" }
		status, err := b.Run(t.Context(), c)
		if err != nil || status != lab.UsageStatus || !bye {
			t.Errorf("%v: status %d, %v, the other ended by itself: %v", c.Left, status, err, bye)
		}
	}
}

func TestRunPassesOnTheEnd(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	status, err := b.Run(ctx, lab.Commands{
		Left: []string{"interrupted"}, Right: []string{"interrupted"},
		Line: func(host string, _ bool, line []byte) {
			if got = append(got, host+" "+string(line)); len(got) == 2 {
				cancel()
			}
		},
	})
	slices.Sort(got)
	if want := []string{"left bye", "left ready", "right bye", "right ready"}; err != nil || status != 0 || !slices.Equal(got, want) {
		t.Errorf("status %d, %v, printed %q, want %q", status, err, got, want)
	}
}
