package result

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"eterm/iface/linktest"
	"eterm/iface/suite"
)

// Kind is what was measured, and so what type the result has.
type Kind string

// The kinds of documents.
const (
	KindLink         Kind = "link"
	KindSwitchCheck  Kind = "switch-check"
	KindSwitchMACs   Kind = "switch-macs"
	KindSwitchOutage Kind = "switch-outage"
	KindPing         Kind = "ping"
	KindARP          Kind = "arp"
	KindScan         Kind = "scan"
	KindSend         Kind = "send"
	KindBench        Kind = "bench"
	KindFleet        Kind = "fleet"
)

// bodies are the types of the results by kind.
var bodies = map[Kind]reflect.Type{
	KindLink:         reflect.TypeFor[linktest.Total](),
	KindSwitchCheck:  reflect.TypeFor[Switch](),
	KindSwitchMACs:   reflect.TypeFor[Switch](),
	KindSwitchOutage: reflect.TypeFor[Outage](),
	KindPing:         reflect.TypeFor[Ping](),
	KindARP:          reflect.TypeFor[ARP](),
	KindScan:         reflect.TypeFor[Scan](),
	KindSend:         reflect.TypeFor[Send](),
	KindBench:        reflect.TypeFor[suite.Result](),
	KindFleet:        reflect.TypeFor[Fleet](),
}

// Kinds are all kinds, in order.
func Kinds() []Kind { return slices.Sorted(maps.Keys(bodies)) }

// body is the type of the results of a kind; nil if there is no such kind.
func (k Kind) body() reflect.Type { return bodies[k] }

// kindNames lists the kinds for an error.
func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// sameType says whether v is a pointer to t.
func sameType(v any, t reflect.Type) bool {
	got := reflect.TypeOf(v)
	return got.Kind() == reflect.Pointer && got.Elem() == t
}
