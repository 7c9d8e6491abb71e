package exit

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/talk"
)

func TestStatus(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, StatusDone}, {cause, StatusUsage}, {Quietly(StatusDone), StatusDone}, {Quietly(StatusNo), StatusNo},
		{Usage("x: %w", cause), StatusUsage}, {Failed("x: %w", cause), StatusNo}, {Untrusted("x: %w", cause), StatusUntrusted},
		{fmt.Errorf("more: %w", Failed("x")), StatusNo}, {errors.Join(cause, Untrusted("x")), StatusUntrusted},
	} {
		if got := Status(c.err); got != c.want {
			t.Errorf("%v: status %d, want %d", c.err, got, c.want)
		}
	}
	if err := Untrusted("x: %w", cause); !errors.Is(err, cause) || err.Error() != "x: cause" {
		t.Errorf("%v does not keep its cause", err)
	}
	if s := Quietly(StatusNo).Error(); s != "" {
		t.Errorf("a quiet status says %q", s)
	}
}

func TestRemedies(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string // behind the error's own words; empty: no remedy
	}{
		{Usage("%w", fmt.Errorf("eth0: %w", iface.ErrPermission)), `allow it with "sudo setcap cap_net_raw+ep `},
		{Usage("%w", &iface.DownError{Name: "eth1"}), `bring it up with "sudo ip link set dev eth1 up"`},
		{fmt.Errorf("eth0: %w: the run ended there", iface.ErrDown), ""},
		{lab.ErrForbidden, "no setting of this system forbids it, "},
		{fmt.Errorf("filter: %w", iface.ErrNoTcpdump), "install it"},
		{fmt.Errorf("02:00:00:00:00:0b: %w", talk.ErrNoPeer), `is "eterm respond" or "eterm link receive" running at the other end`},
		{fmt.Errorf("x.pcap: %w", fs.ErrPermission), ""},
		{errors.New("anything else"), ""},
	} {
		own := c.err.Error()
		rest, ok := strings.CutPrefix(Message(c.err), own)
		if !ok || c.want == "" && rest != "" || c.want != "" && !strings.HasPrefix(rest, ": "+c.want) {
			t.Errorf("%v is told as %q", c.err, Message(c.err))
		}
	}
}
