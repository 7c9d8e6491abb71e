package show

import (
	"encoding/json"
	"fmt"

	"eterm/iface/impair"
)

// HostLine is a line of a host (lab): an object where the host printed one.
type HostLine struct {
	Type string `json:"type"` // "output"
	// "left" or "right"
	Host string `json:"host"`
	// "stdout" or "stderr"
	Stream string `json:"stream"`
	// the line, if it was an object
	Object json.RawMessage `json:"object,omitempty"`
	// the line, if not
	Text *string `json:"text,omitempty"`
}

// HostLine prints a line of a host in front of which its name stands. What a
// host prints is eterm's own and harmless already, and may have colours.
func (o *Output) HostLine(host string, stderr bool, line []byte, messages *Messages, asJSON bool) {
	if !asJSON {
		text := fmt.Appendf(nil, "%s | %s\n", host, line)
		if o.headed() {
			text = o.underHost(host, line)
		}
		if stderr {
			_, _ = messages.Write(text)
		} else {
			_, _ = o.Write(text)
		}
		return
	}
	l := HostLine{Type: "output", Host: host, Stream: "stdout"}
	if stderr {
		l.Stream = "stderr"
	}
	if len(line) > 0 && line[0] == '{' && json.Valid(line) {
		l.Object = line
	} else {
		text := string(line)
		l.Text = &text
	}
	_ = o.JSON(l)
}

// headed says whether a host's name stands above its lines: the row of a dump
// needs 80 columns, so that beside a name it is too wide for many terminals.
func (o *Output) headed() bool { return o.width >= leastColumns && o.width < 80+len("right | ") }

// underHost is a line of a host, below its name if the last line was of the other.
func (o *Output) underHost(host string, line []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	heading := ""
	if host != o.host {
		o.host, heading = host, host+" |\n"
	}
	return fmt.Appendf(nil, "%s%s\n", heading, line)
}

// HostEnv tells the hosts of a lab, whose streams are no terminals, how wide
// their text may be.
func (o *Output) HostEnv(asJSON bool) []string {
	if o.width == 0 || asJSON {
		return nil
	}
	columns := o.width
	if !o.headed() {
		columns -= len("right | ")
	}
	return []string{fmt.Sprintf("%s=%d", ColumnsVar, columns)}
}

// Wire is what the lab's wire did: the last object of lab where the hosts were
// joined by a wire with faults.
type Wire struct {
	Type string `json:"type"` // "wire"
	// what its dice began with
	Seed uint64 `json:"seed"`
	impair.Report
}

// Wire prints the wire's account.
func (o *Output) Wire(seed uint64, r impair.Report, asJSON bool) error {
	if asJSON {
		return o.JSON(Wire{"wire", seed, r})
	}
	for _, d := range []struct {
		name     string
		accounts []impair.Account
	}{{"left to right", r.Forward}, {"right to left", r.Reverse}} {
		for _, a := range d.accounts {
			if a.In > 0 {
				_ = o.Line("wire | %s, %s", d.name, wireText(a))
			}
		}
	}
	if r.RelayDropped > 0 {
		_ = o.Line("wire | the relay itself was too slow for %s, not counted above", Count(r.RelayDropped, "frame"))
	}
	return o.Err()
}

func wireText(a impair.Account) string {
	text := fmt.Sprintf("%s frames: %d in, %d lost, %d duplicated, %d reordered, %d corrupted, %d truncated, %d lengthened, %d out",
		a.Class, a.In, a.Lost, a.Duplicated, a.Reordered, a.Corrupted, a.Truncated, a.Lengthened, a.Out)
	if a.DelayMax > 0 {
		text += fmt.Sprintf("; held %v to %v, mean %v", a.DelayMin, a.DelayMax, a.DelayMean)
	}
	return text
}
