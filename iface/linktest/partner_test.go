package linktest_test

import (
	"bytes"
	"net"
	"testing"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
)

// FuzzPartner: whatever is asked, there is no answer or one that is no longer
// than the question, and none of it is a question.
func FuzzPartner(f *testing.F) {
	for _, s := range []string{
		`{"op":"hello","id":1}`, `{"op":"begin","token":"00","session":5,"load":{"sizes":[64],"rate":1,"count":1}}`,
		`{"op":"fetch","what":"sent","offset":-1}`, `{"op":"result","total":99999999,"piece":"AAAA"}`, `{`, ``,
	} {
		f.Add([]byte(s), true, false)
		f.Add([]byte(s), false, true)
	}
	f.Fuzz(func(t *testing.T, body []byte, valid, group bool) {
		_, far := ifacetest.Wire()
		defer far.Close()
		p := linktest.NewPartner(far, linktest.PartnerOptions{Clock: pace.Timers()})
		payload := inband.Append(nil, inband.LinkRequest, body)
		if valid {
			payload = linktest.Question(body)
		}
		q := &respond.Request{Header: ether.Header{Dst: far.HardwareAddr(), Src: net.HardwareAddr{2, 0, 0, 0, 0, 9}}, Payload: payload, Own: far.HardwareAddr()}
		if group {
			q.Dst = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		}
		head := []byte("header")
		out, ok := p.Answerer().Answer(bytes.Clone(head), q)
		if !ok {
			return
		}
		answer := bytes.TrimPrefix(out, head)
		k, _, err := inband.Parse(answer)
		if err != nil || !k.IsAnswer() || len(answer) > len(payload) {
			t.Fatalf("%q is answered by %q", body, answer)
		}
		if counted, _ := far.Counters(); counted.Attempted > 0 {
			t.Fatal("frames were sent for a question without a token")
		}
	})
}
