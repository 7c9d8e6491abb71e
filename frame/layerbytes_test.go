package frame

import (
	"fmt"
	"testing"
)

func TestLayerBytes(t *testing.T) {
	d := Decode(mustBuild(t, "eth src=02:00:00:00:00:01 / vlan id=1 / vlan id=2 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=7 seq=1 / text \"hi\""))
	for layer, want := range map[string]string{
		"icmp": "08008f8e" + "00070001", "vlan": "00018100", "vlan[1]": "00020800", "data": "6869", "vlan[2]": "", "tcp": "", "nonsense": "", "vlan[x]": "00018100",
	} {
		if got := fmt.Sprintf("%x", d.LayerBytes(layer)); got != want {
			t.Errorf("%s: %s, want %s", layer, got, want)
		}
	}
	for layer, good := range map[string]bool{"icmp": true, "vlan[1]": true, "data": true, "trailer": true, "vlan[x]": false, "icpm": false, "": false} {
		if err := CheckLayer(layer); (err == nil) != good {
			t.Errorf("%s: %v", layer, err)
		}
	}
}
