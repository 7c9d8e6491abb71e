package report

import (
	"fmt"
	"strings"
	"time"

	"eterm/cmd/internal/result"
)

// longestName bounds what stands before a fact or a check.
const longestName = 60

// tested says what was tested.
func (v *View) tested() {
	d := v.Doc
	add := func(name, value string) {
		if value != "" {
			v.Tested = append(v.Tested, Fact{cut(clean(name), longestName), clean(value)})
		}
	}
	add("Measured", d.Started.UTC().Format("2006-01-02 15:04:05 UTC")+took(d))
	add("Command", commandLine(d))
	for _, p := range d.Ports {
		add("Port "+p.Role, portText(p))
	}
	if l := d.Load; l != nil {
		add("Load", loadText(l))
	}
	add("By", toolText(d.Tool))
	add("On", hostText(d.Host))
	add("Result", fmt.Sprintf("%s, %s", d.ID, d.Schema))
}

func took(d *result.Document) string {
	if d.TookNS == 0 {
		return ""
	}
	return ", took " + duration(d.TookNS)
}

// commandLine is how to run it again.
func commandLine(d *result.Document) string {
	words := []string{d.Tool.Name}
	for _, a := range d.Args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`*?[](){}<>|&;#~!") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

func portText(p result.Port) string {
	speed := "speed not known"
	if p.SpeedBPS > 0 {
		speed = si(float64(p.SpeedBPS)) + "bit/s " + p.Duplex
	}
	text := fmt.Sprintf("%s, %s, driver %s, %s, MTU %d", p.Name, or(p.MAC, "no address"), or(p.Driver, "none"), speed, p.MTU)
	if len(p.Offloads) > 0 {
		text += ", offloads " + strings.Join(p.Offloads, " ")
	}
	return text
}

func loadText(l *result.Load) string {
	var words []string
	rate := "as fast as the port takes frames"
	if l.FramesPerS > 0 {
		rate = si(l.FramesPerS) + "frames/s"
	}
	words = append(words, rate)
	if len(l.Sizes) > 0 {
		words = append(words, "sizes "+sizesText(l.Sizes)+" bytes with FCS")
	}
	if l.Frames > 0 {
		words = append(words, number(l.Frames)+" frames")
	}
	if l.DurationNS > 0 {
		words = append(words, "for "+time.Duration(l.DurationNS).String())
	}
	for _, x := range []struct{ before, what string }{{"", l.Direction}, {"to ", l.Destination}, {"VLAN ", strings.Join(l.VLANs, ",")}, {"", l.Carrier}} {
		if x.what != "" {
			words = append(words, x.before+x.what)
		}
	}
	return strings.Join(words, ", ")
}

// sizesText lists sizes; of many the first and the last.
func sizesText(sizes []int) string {
	if n := len(sizes); n > 10 {
		return fmt.Sprintf("%d to %d (%d sizes)", sizes[0], sizes[n-1], n)
	}
	var words []string
	for _, s := range sizes {
		words = append(words, fmt.Sprint(s))
	}
	return strings.Join(words, ", ")
}

func toolText(t result.Tool) string {
	text := fmt.Sprintf("%s %s", t.Name, t.Version)
	if t.CommitTime != "" {
		text += ", commit of " + t.CommitTime
	}
	return text + ", " + t.Go + ", " + t.Platform
}

func hostText(h result.Host) string {
	return fmt.Sprintf("%s, Linux %s, %d × %s", or(h.Name, "host without a name"), or(h.Kernel, "not known"), h.CPUs, or(h.CPU, "processor not known"))
}

// checks are those that every document has.
func (v *View) checks() {
	h := v.Doc.Host
	v.check("Clock", or(h.ClockSource, "not known"), clockState(h.ClockSource))
	sandbox := Check{"Sandbox", or(clean(h.Sandbox), "not known"), Sound}
	if h.Sandbox == "" {
		sandbox.State = Unknown
	}
	v.Checks = append(v.Checks, sandbox)
	if v.Doc.Tool.Dirty {
		v.check("Program", "was built from a source that was not committed: nobody can build it again", Doubtful)
	}
	for _, p := range v.Doc.Ports {
		if merges := merging(p.Offloads); len(merges) > 0 {
			v.check("Offloads of "+p.Name, strings.Join(merges, ", ")+": frames may have been put together before they were seen", Doubtful)
		}
	}
	for _, why := range v.Doc.Verdict.Untrusted {
		v.check("Found", why, Doubtful)
	}
}

// merging are the offloads that make one frame of several.
func merging(offloads []string) (found []string) {
	for _, o := range offloads {
		switch o {
		case "generic-receive-offload", "rx-gro-hw", "large-receive-offload":
			found = append(found, o)
		}
	}
	return found
}

// clockState says what a clock source is good for.
func clockState(source string) CheckState {
	switch source {
	case "":
		return Unknown
	case "jiffies", "refined-jiffies", "acpi_pm", "hpet":
		return Doubtful // slow to read, or coarse
	}
	return Sound
}

func (v *View) check(name, value string, state CheckState) {
	const most = 30
	if len(v.Checks) < most {
		v.Checks = append(v.Checks, Check{cut(clean(name), longestName), clean(value), state})
	}
}

// zero checks that a host did not lose frames.
func (v *View) zero(name string, n uint64) {
	state := Sound
	if n > 0 {
		state = Doubtful
	}
	v.check(name, number(n), state)
}
