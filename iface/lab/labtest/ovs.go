package labtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/iface/lab"
)

// OVS is Open vSwitch's userspace datapath on a host of its own, with the
// bridge ovs0.
type OVS struct {
	t    testing.TB
	host *lab.Host
	env  []string
	dir  string
}

// NewOVS starts one for as long as the test, and cables eth0 of each host to
// its ports p0, p1 and so on. It skips the test, or fails it in CI, where Open
// vSwitch is not installed. It skips the test where an ordinary user made the
// namespaces: there its datapath forwards nothing.
func NewOVS(t testing.TB, hosts ...*lab.Host) *OVS {
	t.Helper()
	if ordinary() {
		t.Skip("Open vSwitch forwards nothing in namespaces that an ordinary user made")
	}
	for _, tool := range []string{"ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-appctl", "ovs-ofctl"} {
		Tool(t, tool)
	}
	dir := t.TempDir()
	o := &OVS{t: t, host: Host(t, "ovs"), dir: dir, env: append(os.Environ(), "OVS_RUNDIR="+dir, "OVS_DBDIR="+dir, "OVS_LOGDIR="+dir)}
	o.run("ovsdb-tool", "create", o.path("conf.db"), "/usr/share/openvswitch/vswitch.ovsschema")
	socket := "unix:" + o.path("db.sock")
	o.daemon("db.ctl", "ovsdb-server", o.path("conf.db"), "--remote=p"+socket)
	o.run("ovs-vsctl", "--db="+socket, "--no-wait", "init")
	o.daemon("vs.ctl", "ovs-vswitchd", socket)
	o.Ctl("add-br", "ovs0", "--", "set", "bridge", "ovs0", "datapath_type=netdev")
	for i, h := range hosts {
		name := "p" + string(rune('0'+i))
		Cable(t, h, "eth0", o.host, name)
		o.Ctl("add-port", "ovs0", name)
	}
	return o
}

// Ctl configures it with ovs-vsctl and waits until that is in force.
func (o *OVS) Ctl(args ...string) {
	o.t.Helper()
	o.run("ovs-vsctl", append([]string{"--db=unix:" + o.path("db.sock"), "--timeout=20"}, args...)...)
	for _, forget := range []string{"fdb/flush", "revalidator/purge"} {
		o.run("ovs-appctl", "--target="+o.path("vs.ctl"), "--timeout=20", forget)
	}
}

// Flow configures flows and meters with ovs-ofctl.
func (o *OVS) Flow(command, bridge string, args ...string) {
	o.t.Helper()
	args = append([]string{"-O", "OpenFlow13", command, "unix:" + o.path(bridge+".mgmt")}, args...)
	o.run("ovs-ofctl", args...)
}

func (o *OVS) path(name string) string { return filepath.Join(o.dir, name) }

func (o *OVS) command(name string, args ...string) (*exec.Cmd, *strings.Builder) {
	cmd := exec.Command(name, args...)
	out := &strings.Builder{}
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = o.env, out, out, o.dir
	return cmd, out
}

func (o *OVS) run(name string, args ...string) {
	o.t.Helper()
	cmd, out := o.command(name, args...)
	err := o.host.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		o.t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// daemon starts a program that goes on until the test ends. With --detach it
// would outlive it; instead its control socket is waited for.
func (o *OVS) daemon(control, name string, args ...string) {
	o.t.Helper()
	args = append(args, "--unixctl="+o.path(control), "--no-chdir", "--log-file="+o.path(name+".log"), "-vconsole:off")
	cmd, _ := o.command(name, args...)
	if err := o.host.Start(cmd); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 500 {
		if _, err := os.Stat(o.path(control)); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.t.Fatalf("%s does not come up", name)
}
