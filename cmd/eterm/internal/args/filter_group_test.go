package args

import (
	"flag"
	"testing"

	"github.com/urfave/cli/v2"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// A group that only the filter names must be joined, or a NIC drops its frames.
func TestFilterJoinsItsGroup(t *testing.T) {
	left, _ := labtest.Pair(t)
	for to, joined := range map[string]int{"01:80:c2:00:00:0e": 1, "broadcast": 0, "02:00:00:00:00:01": 0} {
		var f Filter
		if err := f.to.Set(to); err != nil {
			t.Fatal(err)
		}
		var o iface.Options
		err := left.Do(func() error {
			return f.Options(cli.NewContext(cli.NewApp(), flag.NewFlagSet("", flag.ContinueOnError), nil), "eth0", &o)
		})
		if err != nil || len(o.Groups) != joined || joined == 1 && o.Groups[0].String() != to {
			t.Errorf("--to %s: joins %v, error %v", to, o.Groups, err)
		}
	}
}
