package args

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"eterm/iface/suite"
	"eterm/iface/suite/mlr"
)

func (f *Bench) planGoals(p *suite.Plan) error {
	if len(f.goals) > 0 {
		p.Goals = f.goals
	}
	return nil
}

// goals are those given, in their order. Package cli's own lists would be cut at
// the commas inside.
type goals []mlr.Goal

func (v *goals) Set(s string) error {
	g, err := parseGoal(s)
	if err == nil {
		*v = append(*v, g)
	}
	return err
}

func (v *goals) String() string { return "" }

// notes are what is kept in the result, by their names.
type notes map[string]string

func (v *notes) Set(s string) error {
	key, text, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return errors.New("want KEY=TEXT, such as device=sw1")
	}
	if *v == nil {
		*v = notes{}
	}
	(*v)[key] = text
	return nil
}

func (v *notes) String() string { return "" }

// parseGoal reads NAME:key=value,...; what is left out is as in the goal of that
// name, or in ndr.
func parseGoal(text string) (mlr.Goal, error) {
	name, rest, _ := strings.Cut(text, ":")
	g := mlr.NDR()
	switch name {
	case "":
		return g, fmt.Errorf("want a name first, such as ndr:width=1%%")
	case "pdr":
		g = mlr.PDR()
	case "strict":
		g = mlr.Strict()
	}
	g.Name = name
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == ',' }) {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return g, fmt.Errorf("%q is no key=value", part)
		}
		var err error
		switch key {
		case "loss":
			g.Loss, err = ParseRatio(value)
		case "exceed":
			g.Exceed, err = ParseRatio(value)
		case "width":
			g.Width, err = ParseRatio(value)
		case "initial":
			g.Initial, err = parseSeconds(value)
		case "trial":
			g.Final, err = parseSeconds(value)
		case "sum":
			g.Sum, err = parseSeconds(value)
		default:
			err = fmt.Errorf("no key is named %q: want loss, exceed, initial, trial, sum or width", key)
		}
		if err != nil {
			return g, err
		}
	}
	return g, g.Check()
}

// ParseRatio reads a share: 0.5% or 0.005.
func ParseRatio(s string) (float64, error) {
	digits, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(digits, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, fmt.Errorf("%q: want a share of 0%% to 100%%", s)
	}
	return v, nil
}

func parseSeconds(s string) (float64, error) {
	d, err := ParseDuration(s)
	return d.Seconds(), err
}

// waits are three pauses.
type waits struct {
	suite.Waits
	given bool
}

func (v *waits) Set(s string) (err error) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return fmt.Errorf("want three pauses, such as 2s,2s,5s")
	}
	for i, p := range []*float64{&v.Learn, &v.Residual, &v.Rest} {
		if *p, err = parseSeconds(parts[i]); err != nil {
			return err
		}
	}
	v.given = true
	return nil
}

func (v *waits) String() string {
	if !v.given {
		return ""
	}
	return fmt.Sprintf("%gs,%gs,%gs", v.Learn, v.Residual, v.Rest)
}
