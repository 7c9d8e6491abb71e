package args

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// A Rule says what of the flags on one line goes together. It holds in every
// command that has the flags it names, so no command ignores one of them.
type Rule struct {
	Kind  Kind
	These []string // flags, by their names
	Those []string // flags that are held against them; none for OneOf and Together
	// Unless is a flag that makes sense of These beside Those.
	Unless string

	only []string // the commands it holds in, by path; none: all
}

// A Kind is what a Rule demands.
type Kind int

// The kinds of rules.
const (
	AtMostOne Kind = iota // of These
	Together              // all of These or none
	Apart                 // none of These beside one of Those
	Needs                 // These only beside one of Those
)

// words splits a list in the table below.
func words(s string) []string { return strings.Fields(s) }

// framing are the commands whose flags describe frames.
var framing = words("exchange broadcast send")

var rules = []Rule{
	// What frames are.
	{Kind: AtMostOne, These: words("payload payload-hex")},
	{Kind: AtMostOne, These: words("size imix")},
	{Kind: AtMostOne, These: words("size sweep")},
	{Kind: Apart, These: words("no-pad"), Those: words("size imix")},
	{Kind: Together, These: words("src-ip dst-ip"), only: framing},
	{Kind: Needs, These: words("ttl"), Those: words("src-ip"), only: framing},
	{Kind: Apart, These: words("read"), Those: words("ethertype payload payload-hex size imix no-pad src-ip dst-ip ttl weights seed")},
	{Kind: Apart, These: words("ip"), Those: words("ethertype")},
	{Kind: Needs, These: words("icmp"), Those: words("ip")},

	// When they are sent.
	{Kind: Together, These: words("burst gap")},
	{Kind: Apart, These: words("speed"), Those: words("rate burst")},
	{Kind: Needs, These: words("speed"), Those: words("read")},
	{Kind: Needs, These: words("set"), Those: words("read")},
	{Kind: AtMostOne, These: words("flood interval")},
	{Kind: Needs, These: words("timeout"), Those: words("count"), only: words("exchange broadcast")},

	// What is shown and kept.
	{Kind: AtMostOne, These: words("json format")},
	{Kind: Apart, These: words("quiet"), Those: words("format snaplen write color"), only: words("listen")},
	{Kind: Apart, These: words("quiet"), Those: words("json verbose"), only: words("send respond")},
	{Kind: Apart, These: words("write"), Those: words("format fail-on-fault"), Unless: "print"},
	{Kind: Needs, These: words("rotate print"), Those: words("write")},
	{Kind: Needs, These: words("force"), Those: words("write"), only: words("listen build")},
	{Kind: Needs, These: words("keep"), Those: words("rotate")},

	{Kind: Apart, These: words("watch"), Those: words("json dry-run")},
	{Kind: Apart, These: words("watch"), Those: words("quiet"), only: []string{"link run", "link receive", "bench rfc2544", "bench rfc2889", "bench snake", "bench run", "bench calibrate", "bench resume"}},
	{Kind: Needs, These: words("watch"), Those: words("quiet"), only: words("listen")},

	{Kind: AtMostOne, These: words("html markdown csv junit"), only: words("report")},
	{Kind: AtMostOne, These: words("html output"), only: words("report")},

	// Who is asked, and how.
	{Kind: AtMostOne, These: words("ipv4 ipv6"), only: words("ping arp scan")},
	{Kind: Apart, These: words("mtu"), Those: words("size sweep flood interval duration l2 llc lbm df"), only: words("ping")},
	{Kind: AtMostOne, These: words("l2 llc lbm")},
	{Kind: Apart, These: words("l2 llc lbm"), Those: words("to gateway src-ip ipv4 ipv6 ttl tos df yes")},
	{Kind: Needs, These: words("level"), Those: words("lbm")},
	{Kind: AtMostOne, These: words("announce probe listen")},
	{Kind: Apart, These: words("announce probe listen"), Those: words("rate count timeout yes")},
	{Kind: Needs, These: words("duration"), Those: words("listen")},

	// What is given up.
	{Kind: Apart, These: words("user"), Those: words("no-sandbox")},

	// What the lab is.
	{Kind: Apart, These: words("all"), Those: words("left right shell"), only: words("lab")},
	{Kind: Apart, These: words("switch"), Those: words("loss duplicate reorder corrupt truncate lengthen delay jitter rate-limit"), only: words("lab")},

	// What is asked of a switch.
	{Kind: Apart, These: words("vlan"), Those: words("only skip vlans expect max-macs max-ageing load"), only: []string{"switch check"}},
	{Kind: Apart, These: words("errored"), Those: words("only skip vlans vlan expect max-macs max-ageing load interface to"), only: []string{"switch check"}},

	// Which ports.
	{Kind: Together, These: words("tx rx")},
	{Kind: Apart, These: words("tx rx"), Those: words("interface")},
	{Kind: Together, These: words("a b")},
	{Kind: Apart, These: words("a b third"), Those: words("to interface")},
	{Kind: Needs, These: words("third"), Those: words("a")},
	{Kind: Needs, These: words("third"), Those: words("tx")},
	{Kind: Needs, These: words("to key"), Those: words("interface"), only: []string{"bench rfc2544", "bench rfc2889", "bench snake", "bench calibrate"}},
}

// RulesOf are the rules that hold in a command, with the flags that it has.
func RulesOf(path string, c *cli.Command) (held []Rule) {
	lacks := func(flag string) bool {
		return !slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return f.Names()[0] == flag })
	}
	for _, r := range rules {
		if len(r.only) > 0 && !slices.Contains(r.only, path) {
			continue
		}
		r.These = slices.DeleteFunc(slices.Clone(r.These), lacks)
		r.Those = slices.DeleteFunc(slices.Clone(r.Those), lacks)
		switch {
		case len(r.These) == 0:
		case len(r.Those) > 0, (r.Kind == AtMostOne || r.Kind == Together) && len(r.These) > 1:
			held = append(held, r)
		}
	}
	return held
}

// Broken says why the flags given to a command do not go together; nil if they do.
// What contradicts comes first: what is missing matters only without.
func Broken(path string, c *cli.Command, given []string) error {
	held := RulesOf(path, c)
	for _, contradictions := range []bool{true, false} {
		for _, r := range held {
			if err := r.broken(given); err != nil && r.contradicts() == contradictions {
				return err
			}
		}
	}
	return nil
}

func (r Rule) contradicts() bool { return r.Kind == AtMostOne || r.Kind == Apart }

// broken says why flags do not go together; nil if they do.
func (r Rule) broken(given []string) error {
	has := func(flag string) bool { return slices.Contains(given, flag) }
	var these, those []string
	for _, f := range r.These {
		if has(f) {
			these = append(these, f)
		}
	}
	for _, f := range r.Those {
		if has(f) {
			those = append(those, f)
		}
	}
	switch {
	case len(these) == 0 || r.Unless != "" && has(r.Unless):
		return nil
	case r.Kind == AtMostOne && len(these) > 1:
		return contradiction(these[0], these[1])
	case r.Kind == Apart && len(those) > 0:
		return contradiction(these[0], those[0])
	case r.Kind == Together && len(these) < len(r.These):
		return exit.Usage("%s go together: give all of them or none", dashed(r.These, "and"))
	case r.Kind == Needs && len(those) == 0:
		return exit.Usage("--%s is nothing without %s: give both, or neither", these[0], dashed(r.Those, "or"))
	}
	return nil
}

func contradiction(a, b string) error {
	return exit.Usage("--%s and --%s contradict each other: give one", a, b)
}

// dashed are flags as people type them, as a sentence lists them.
func dashed(flags []string, last string) string {
	var all []string
	for _, f := range flags {
		all = append(all, "--"+f)
	}
	return list(all, last)
}
