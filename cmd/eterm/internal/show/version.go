package show

import "eterm/cmd/internal/result"

// Version is what is printed by version --json.
type Version struct {
	Type string `json:"type"` // "version"
	result.Tool
}

// Version prints what this program is.
func (o *Output) Version(asJSON bool) error {
	t := result.ThisTool()
	if asJSON {
		return o.JSON(Version{"version", t})
	}
	version := t.Version
	if t.CommitTime != "" {
		version += " (" + t.CommitTime + ")"
	}
	return o.Line("%s %s %s %s", t.Name, version, t.Go, t.Platform)
}
