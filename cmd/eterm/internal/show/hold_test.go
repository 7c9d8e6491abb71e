package show

import (
	"bytes"
	"reflect"
	"testing"
)

// TestHold: what is held back is told line by line, and written in the end.
func TestHold(t *testing.T) {
	var out, says bytes.Buffer
	o, m := NewOutput(&out), NewMessages(&says)
	var told []string
	release := Hold(o, m, func(line string) { told = append(told, line) })
	_ = o.Line("a result")
	m.Note("a note")
	if out.Len()+says.Len() > 0 || !reflect.DeepEqual(told, []string{"a result", "eterm: a note"}) {
		t.Errorf("written %q and %q, told %q", &out, &says, told)
	}
	release()
	_ = o.Line("later")
	if out.String() != "a result\nlater\n" || says.String() != "eterm: a note\n" {
		t.Errorf("in the end %q and %q", &out, &says)
	}
}
