package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"eterm/iface/linktest"
	"eterm/iface/suite/journal"
)

// version of what a run's journal holds. A run is resumed by programs that have
// the same.
const version = 1

// Header is what a run began with.
type Header struct {
	Version    int    `json:"version"`
	Plan       Plan   `json:"plan"`
	PlanSHA256 string `json:"plan_sha256"`
	// Ports are those of the tester, in the order of their parts.
	Ports       []PortID     `json:"ports"`
	Calibration *Calibration `json:"calibration"`
	Consent     string       `json:"consent"`
	OneClock    bool         `json:"one_clock"`
	// Frames is what frames look like, ResetCommand how the device is reset.
	Frames       linktest.Load `json:"frames"`
	ResetCommand string        `json:"reset_command"`
}

// PortID is what must be the same for a run to go on.
type PortID struct {
	Role     string `json:"role"`
	Name     string `json:"name"`
	MAC      string `json:"mac"`
	Driver   string `json:"driver"`
	SpeedBPS uint64 `json:"speed_bps"`
	MTU      int    `json:"mtu"`
}

// Directory is a run's directory, open for writing.
type Directory struct {
	journal *journal.Journal
	// Now is the clock on the wall, for people.
	Now func() time.Time
}

// CreateDirectory begins a run in a directory, which must not exist or be empty.
func CreateDirectory(dir string, h Header) (*Directory, error) {
	h.Version, h.PlanSHA256 = version, h.Plan.Hash()
	j, err := journal.Create(dir)
	if err != nil {
		return nil, err
	}
	d := &Directory{journal: j, Now: time.Now}
	if err := d.Add("plan", h); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return d, nil
}

// Past is what is in a run's directory.
type Past struct {
	Header Header
	Trials []Trial
	// Torn is how many bytes of a line were found that was not written whole,
	// and Ended whether the run had come to its end.
	Torn  int
	Ended bool
	// Started is when the run began, Last when something was last written.
	Started, Last time.Time
}

// OpenDirectory opens a run's directory to go on with it.
func OpenDirectory(dir string) (*Directory, Past, error) {
	j, entries, torn, err := journal.Open(dir)
	if err != nil {
		return nil, Past{}, err
	}
	p, err := past(entries, torn)
	if err != nil {
		return nil, p, errors.Join(fmt.Errorf("%s: %w", dir, err), j.Close())
	}
	return &Directory{journal: j, Now: time.Now}, p, nil
}

// ReadDirectory reads a run's directory, also while the run goes on.
func ReadDirectory(dir string) (Past, error) {
	entries, torn, err := journal.Read(dir)
	if err != nil {
		return Past{}, err
	}
	p, err := past(entries, torn)
	if err != nil {
		return p, fmt.Errorf("%s: %w", dir, err)
	}
	return p, nil
}

func past(entries []journal.Entry, torn int) (p Past, err error) {
	p.Torn = torn
	if len(entries) == 0 || entries[0].Type != "plan" {
		return p, errors.New("the journal does not begin with a plan: the run never began")
	}
	if err := json.Unmarshal(entries[0].Data, &p.Header); err != nil {
		return p, err
	}
	if h := p.Header; h.Version != version || h.Plan.Hash() != h.PlanSHA256 {
		return p, fmt.Errorf("the journal is of another version of the program (%d, this one is %d)", h.Version, version)
	}
	p.Started = entries[0].At
	for _, e := range entries {
		p.Last = e.At
		switch e.Type {
		case "trial":
			var t Trial
			if err := json.Unmarshal(e.Data, &t); err != nil {
				return p, err
			}
			p.Trials = append(p.Trials, t)
		case "end":
			p.Ended = true
		}
	}
	return p, nil
}

// Add is for a Runner's Log.
func (d *Directory) Add(kind string, data any) error {
	return d.journal.Add(kind, d.Now(), data)
}

// Replace writes a file of the directory anew.
func (d *Directory) Replace(name string, content []byte) error {
	return d.journal.Replace(name, content)
}

// Close lets others have the directory.
func (d *Directory) Close() error { return d.journal.Close() }

// Reckon is the result of a run as far as it went, without making any trial.
func (p Past) Reckon() Result {
	r := Runner{Plan: p.Header.Plan, Trialler: over{p.Header.OneClock}, Calibration: p.Header.Calibration, Replay: p.Trials, Consent: p.Header.Consent, reckoning: true}
	result, _ := r.Run(context.Background())
	if !p.Ended && result.State == "failed" {
		result.State = "interrupted"
	}
	return result
}
