package show

import "eterm/iface"

// Ability is one thing that a port can do or not (interfaces --probe).
type Ability struct {
	Type string `json:"type"` // "ability"
	// name of the interface
	Interface string `json:"interface"`
	// what it is about: see docs/guide/interfaces.md
	Name string `json:"name"`
	// "yes", "no" or "unknown"
	Answer string `json:"answer"`
	// how that is known, or why it is not
	Reason string `json:"reason"`
}

// Abilities prints what one interface can do.
func (o *Output) Abilities(name string, all []iface.Ability, asJSON bool) error {
	if asJSON {
		for _, a := range all {
			if err := o.JSON(Ability{"ability", name, a.Name, string(a.Answer), a.Reason}); err != nil {
				return err
			}
		}
		return nil
	}
	t := Table{Heads: []string{Text(name), "CAN", "HOW THAT IS KNOWN"}}
	for _, a := range all {
		t.Rows = append(t.Rows, []string{a.Name, string(a.Answer), Text(a.Reason)})
	}
	return t.Print(o)
}
