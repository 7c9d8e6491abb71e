package args

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Sweep is a range of frame sizes on the wire with FCS.
type Sweep struct{ From, To, Step int }

// Set reads what was typed; its error says what is wanted.
func (v *Sweep) Set(s string) error {
	wrong := errors.New("want frame sizes FROM..TO[:STEP] in bytes with FCS, 64 to 9216, such as 64..1518")
	bounds, step, hasStep := strings.Cut(s, ":")
	from, to, ok := strings.Cut(bounds, "..")
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	n := 1
	var err3 error
	if hasStep {
		n, err3 = strconv.Atoi(step)
	}
	switch {
	case !ok || err1 != nil || err2 != nil || err3 != nil || n < 1:
		return wrong
	case a > b:
		return fmt.Errorf("%d is more than %d: sizes go upwards, say %d..%d", a, b, b, a)
	case a < 64 || b > 9216:
		return wrong
	}
	*v = Sweep{a, b, n}
	return nil
}

func (v *Sweep) String() string {
	if v.Step == 0 {
		return ""
	}
	return fmt.Sprintf("%d..%d:%d", v.From, v.To, v.Step)
}
