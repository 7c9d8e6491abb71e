package args

import (
	"slices"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
)

// ProbeFlag has interfaces be tried, not only described.
func ProbeFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "probe", Destination: dst, Usage: "say what the interfaces named can do, by trying; nothing is sent"}
}

// ByName are the interfaces of those names, in that order; all if there are none.
func ByName(list []iface.Info, names []string) ([]iface.Info, error) {
	if len(names) == 0 {
		return list, nil
	}
	var some []iface.Info
	for _, name := range names {
		i := slices.IndexFunc(list, func(i iface.Info) bool { return i.Name == name })
		if i < 0 {
			return nil, exit.Usage("no interface %q: eterm interfaces lists all", name)
		}
		some = append(some, list[i])
	}
	return some, nil
}
