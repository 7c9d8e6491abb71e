package args

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface"
)

// Filter says which frames a command takes: by flags of our own, and by the
// operands as an expression of tcpdump's. A frame must match all of it.
type Filter struct {
	etherType EtherType
	from, to  MAC
	tags      tagsValue
}

// Flags are the flags of it.
func (f *Filter) Flags() []cli.Flag {
	return []cli.Flag{
		EtherTypeFlag(&f.etherType, "take only frames of `TYPE`, behind any tags"),
		&cli.GenericFlag{Name: "from", Value: &f.from, DefaultText: "any", Usage: "take only frames from source `MAC`, or own"},
		&cli.GenericFlag{Name: "to", Value: &f.to, DefaultText: "any", Usage: "take only frames to destination `MAC`, or broadcast, own"},
		&cli.GenericFlag{Name: "vlan", Aliases: []string{"Q"}, Value: &f.tags, DefaultText: "any", Usage: "take only frames with tags `[PCP:]VID[,...]`, outer first"},
	}
}

// Options puts the filter into o. It is an error of usage if tcpdump does not
// understand the expression, in its own words.
func (f *Filter) Options(c *cli.Context, name string, o *iface.Options) error {
	info, err := iface.Describe(name)
	if err != nil {
		return nil //nolint:nilerr // the command's opening of it says so, with the remedy
	}
	rest, err := iface.CompileExpression(c.Context, c.Args().Slice())
	if err != nil {
		return exit.Usage("%w", err)
	}
	m := iface.Match{Tags: f.tags, From: f.address(&f.from, info), To: f.address(&f.to, info)}
	if f.etherType != 0 {
		m.EtherTypes = []uint16{uint16(f.etherType)}
	}
	o.Tagged = len(f.tags) > 0
	if o.Filter, err = m.Compile(rest); err != nil {
		return exit.Usage("%w", err)
	}
	if ether.IsGroup(m.To) && m.To.String() != "ff:ff:ff:ff:ff:ff" {
		o.Groups = []net.HardwareAddr{m.To} // else a NIC need not pass it on
	}
	return nil
}

func (f *Filter) address(v *MAC, info iface.Info) net.HardwareAddr {
	return v.Or(info.HardwareAddr, nil)
}

// Words are the filter as a person would say it, for the capture's description.
func (f *Filter) Words(expression []string) string {
	var all []string
	for _, w := range []struct{ name, value string }{
		{"-t", strings.TrimPrefix(f.etherType.String(), "any")},
		{"--from", f.from.String()}, {"--to", f.to.String()}, {"-Q", f.tags.String()},
	} {
		if w.value != "" {
			all = append(all, w.name+" "+w.value)
		}
	}
	return strings.Join(append(all, expression...), " ")
}

// tagsValue are the tags a frame must have, outer first.
type tagsValue []iface.TagMatch

func (v *tagsValue) Set(s string) error {
	*v = nil
	for _, tag := range strings.Split(s, ",") {
		t := iface.TagMatch{PCP: -1}
		pcp, vid, hasPCP := strings.Cut(tag, ":")
		if !hasPCP {
			vid = tag
		} else if p, err := strconv.ParseUint(pcp, 10, 3); err == nil {
			t.PCP = int8(p)
		} else {
			return fmt.Errorf("priority %q: want 0 to 7 in [PCP:]VID", pcp)
		}
		id, err := strconv.ParseUint(vid, 10, 12)
		if err != nil {
			return fmt.Errorf("vlan %q: want 0 to 4095", vid)
		}
		t.ID = uint16(id)
		*v = append(*v, t)
	}
	return nil
}

func (v *tagsValue) String() string {
	var all []string
	for _, t := range *v {
		if t.PCP < 0 {
			all = append(all, strconv.Itoa(int(t.ID)))
		} else {
			all = append(all, fmt.Sprintf("%d:%d", t.PCP, t.ID))
		}
	}
	return strings.Join(all, ",")
}
