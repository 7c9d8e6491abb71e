package result

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"eterm/iface"
)

func TestToolSaysWhatWasBuilt(t *testing.T) {
	settings := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.time", Value: "2026-11-24T13:00:00Z"}, {Key: "vcs.modified", Value: modified}}
	}
	for _, c := range []struct {
		info debug.BuildInfo
		want Tool
	}{
		{debug.BuildInfo{Path: "eterm/cmd/eterm", Main: debug.Module{Version: "v1.2.0"}, Settings: settings("false")},
			Tool{Name: "eterm", Version: "v1.2.0", Commit: "0123456789abcdef0123", CommitTime: "2026-11-24T13:00:00Z"}},
		{debug.BuildInfo{Path: "eterm/cmd/eterm-fleet", Main: debug.Module{Version: "v0.0.0-20261124130000-0123456789ab+dirty"}, Settings: settings("true")},
			Tool{Name: "eterm-fleet", Version: "0123456789ab-dirty", Commit: "0123456789abcdef0123", CommitTime: "2026-11-24T13:00:00Z", Dirty: true}},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, Tool{Name: "eterm", Version: "unknown"}},
	} {
		if got := toolOf(&c.info); got != c.want {
			t.Errorf("got  %+v\nwant %+v", got, c.want)
		}
	}
}

func TestHostIsReadFromTheKernel(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"proc/sys/kernel/osrelease": "6.18.1-lab\n",
		"proc/cpuinfo":              "processor\t: 0\nmodel name\t: Example CPU\nprocessor\t: 1\n",
		"sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h := hostAt(root)
	if h.Kernel != "6.18.1-lab" || h.CPU != "Example CPU" || h.ClockSource != "hpet" || h.CPUs < 1 || h.Name == "" {
		t.Errorf("read %+v", h)
	}
	if h := hostAt(filepath.Join(root, "nothing")); h.Kernel != "" || h.CPU != "" || h.ClockSource != "" {
		t.Errorf("of a host that says nothing: %+v", h)
	}
}

func TestPortOfAnInterface(t *testing.T) {
	d := sample(KindSend)
	d.Ports = nil
	if err := d.AddPort("send", "lo"); err != nil {
		t.Fatal(err)
	}
	if p := d.Ports[0]; p.Name != "lo" || p.Role != "send" || p.MTU == 0 || p.Offloads == nil {
		t.Errorf("loopback is %+v", p)
	}
	if err := d.AddPort("send", "no-such-port"); err == nil {
		t.Error("an interface that is not there is described")
	}
	p := PortOf("a", iface.Info{Name: "eth1", Timestamps: iface.TimestampAbility{RxSoftware: true, TxHardware: true}})
	if len(p.Timestamps) != 2 || p.Timestamps[1] != "tx_hardware" {
		t.Errorf("timestamps are %v", p.Timestamps)
	}
}
