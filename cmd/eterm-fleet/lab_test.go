package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eterm/cmd/internal/result"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// site is a controller and agents on machines of their own, joined by a
// management network and by two test bridges with one link between them.
type site struct {
	t          *testing.T
	dir        string
	controller *lab.Host // has the management bridge mgmt, 192.0.2.1
	fabric     *lab.Host // has bridges s1 and s2; up1 and up2 are the uplink
	hosts      []*lab.Host
	agents     []*process
	server     *process
}

// process is one of the program's, with what it has said.
type process struct {
	cmd  *exec.Cmd
	said *safe
}

// safe is a buffer that may be read while a process writes.
type safe struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *safe) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newSite makes the machines, starts the controller, and an agent on each.
func newSite(t *testing.T, n int, flags ...string) *site {
	s := &site{t: t, dir: t.TempDir(), controller: labtest.Host(t, "controller"), fabric: labtest.Host(t, "fabric")}
	must(t, s.controller.Switch("mgmt"))
	must(t, s.controller.AddAddress("mgmt", "192.0.2.1/24"))
	must(t, s.fabric.Switch("s1"))
	must(t, s.fabric.Switch("s2"))
	labtest.Cable(t, s.fabric, "up1", s.fabric, "up2")
	must(t, s.fabric.AddPort("s1", "up1"))
	must(t, s.fabric.AddPort("s2", "up2"))
	for i := range n {
		h := labtest.Host(t, fmt.Sprintf("h%d", i))
		labtest.Cable(t, h, "eth0", s.controller, h.Name)
		must(t, s.controller.AddPort("mgmt", h.Name))
		must(t, h.AddAddress("eth0", fmt.Sprintf("192.0.2.%d/24", 10+i)))
		labtest.Cable(t, h, "eth1", s.fabric, h.Name)
		must(t, s.fabric.AddPort([]string{"s1", "s2"}[i*2/n], h.Name))
		s.hosts = append(s.hosts, h)
	}
	s.serve()
	for i := range n {
		s.agents = append(s.agents, s.agent(i, s.enroll(i), flags...))
	}
	s.await(func() bool { return strings.Count(s.ask(statusDone, "ports"), "ready") == n })
	return s
}

// start starts the program on a machine.
func (s *site) start(h *lab.Host, words ...string) *process {
	s.t.Helper()
	p := &process{exec.Command("/proc/self/exe", words...), &safe{}}
	p.cmd.Env = append(os.Environ(), programVar+"=1")
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	must(s.t, h.Start(p.cmd))
	s.t.Cleanup(func() { p.kill() })
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_, _ = p.cmd.Process.Wait()
}

func (s *site) serve() {
	s.t.Helper()
	s.server = s.start(s.controller, "serve", "--dir", filepath.Join(s.dir, "c"), "--listen", "192.0.2.1:4222")
	s.await(func() bool { return strings.Contains(s.server.said.String(), "serving at") })
}

// await waits until something is so, and says what the processes said if it
// does not come.
func (s *site) await(so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(90 * time.Second); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			text := s.server.said.String()
			for _, a := range s.agents {
				text += a.said.String()
			}
			s.t.Fatalf("it does not come:\n%s", text)
		}
	}
}

func (s *site) enroll(i int) string {
	s.t.Helper()
	c := filepath.Join(s.dir, fmt.Sprintf("h%d.creds", i))
	must(s.t, os.WriteFile(c, []byte(s.ask(statusDone, "enroll", fmt.Sprintf("h%d", i))), 0o600))
	return c
}

func (s *site) agent(i int, creds string, flags ...string) *process {
	s.t.Helper()
	words := append([]string{"agent", "--creds", creds, "--port", "eth1", "--spool", filepath.Join(s.dir, fmt.Sprintf("spool%d", i))}, flags...)
	p := s.start(s.hosts[i], words...)
	for end := time.Now().Add(20 * time.Second); !strings.Contains(p.said.String(), "agent of"); time.Sleep(20 * time.Millisecond) {
		if strings.Contains(p.said.String(), "do not know") || strings.Contains(p.said.String(), "does not know") {
			p.kill() // the controller looks for new users once a second
			p = s.start(s.hosts[i], words...)
			time.Sleep(300 * time.Millisecond)
		}
		if time.Now().After(end) {
			s.t.Fatalf("agent %d: %s", i, p.said)
		}
	}
	return p
}

// ask runs a command where the controller is.
func (s *site) ask(status int, words ...string) string {
	s.t.Helper()
	out, said, got := s.try(words...)
	if got != status {
		s.t.Fatalf("%v: status %d, want %d: %s%s", words, got, status, out, said)
	}
	return out
}

func (s *site) try(words ...string) (out, said string, status int) {
	s.t.Helper()
	cmd := exec.Command("/proc/self/exe", append(words, "--dir", filepath.Join(s.dir, "c"))...)
	cmd.Env = append(os.Environ(), programVar+"=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	must(s.t, s.controller.Start(cmd))
	_ = cmd.Wait()
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// plan writes a plan for all ports, by rack.
func (s *site) plan(more string) string {
	s.t.Helper()
	racks := [2][]string{}
	for i, h := range s.hosts {
		racks[i*2/len(s.hosts)] = append(racks[i*2/len(s.hosts)], h.Name+".eth1")
	}
	return file(s.t, "plan.yaml", fmt.Sprintf("name: lab\nports:\n  r1: [%s]\n  r2: [%s]\n%s", strings.Join(racks[0], ", "), strings.Join(racks[1], ", "), more))
}

// report is the document of a run.
func (s *site) report(run string) *result.Document {
	s.t.Helper()
	out, said, _ := s.try("report", run, "--json")
	docs, err := result.Read(strings.NewReader(out))
	if err != nil {
		s.t.Fatalf("%v: %s", err, said)
	}
	return docs[0]
}

// over waits for the end of a run and returns its document.
func (s *site) over(run string) *result.Document {
	s.t.Helper()
	s.await(func() bool { return s.report(run).State == result.Complete })
	return s.report(run)
}

// dropped is what a counter of nft says.
func dropped(t *testing.T, h *lab.Host, chain string) (n uint64) {
	t.Helper()
	var list struct {
		Nftables []struct {
			Rule *struct {
				Expr []struct {
					Counter *struct{ Packets uint64 }
				}
			}
		}
	}
	must(t, json.Unmarshal([]byte(labtest.Run(t, h, "nft", "-j", "list", "chain", "netdev", "f", chain)), &list))
	for _, one := range list.Nftables {
		if one.Rule == nil {
			continue
		}
		for _, e := range one.Rule.Expr {
			if e.Counter != nil {
				n += e.Counter.Packets
			}
		}
	}
	return n
}
