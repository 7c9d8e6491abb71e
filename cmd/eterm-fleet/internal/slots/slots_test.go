package slots

import (
	"testing"
	"time"
)

// seen goes through all rounds of a shape, checks that in each every port is in
// one pair at most, and returns how often each two ports met.
func seen(t *testing.T, s Shape) map[Pair]int {
	t.Helper()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	met := map[Pair]int{}
	r := Of(s)
	for n := range r.Len() {
		busy := map[int]bool{}
		for _, p := range r.Round(n) {
			if busy[p.Ask] || busy[p.Reflect] || p.Ask == p.Reflect || min(p.Ask, p.Reflect) < 0 || max(p.Ask, p.Reflect) >= s.Ports {
				t.Fatalf("%v, round %d: %v", s, n, p)
			}
			busy[p.Ask], busy[p.Reflect] = true, true
			met[Pair{min(p.Ask, p.Reflect), max(p.Ask, p.Reflect)}]++
		}
	}
	return met
}

func once(t *testing.T, s Shape, want int) {
	t.Helper()
	met := seen(t, s)
	if len(met) != want {
		t.Errorf("%v: %d pairs, want %d", s, len(met), want)
	}
	for p, n := range met {
		if n != 1 {
			t.Errorf("%v: %v met %d times", s, p, n)
		}
	}
}

func TestMeshMeetsEachPairOnce(t *testing.T) {
	for n := 2; n <= 70; n++ {
		s := Shape{Kind: Mesh, Ports: n}
		once(t, s, n*(n-1)/2)
		if rounds := Of(s).Len(); rounds != n-1+n%2 {
			t.Errorf("%d ports take %d rounds", n, rounds)
		}
	}
}

func TestMeshSharesAsking(t *testing.T) {
	const n = 20
	asks := map[int]int{}
	r := Of(Shape{Kind: Mesh, Ports: n})
	for i := range r.Len() {
		for _, p := range r.Round(i) {
			asks[p.Ask]++
		}
	}
	for port := range n {
		if asks[port] < 6 || asks[port] > 13 {
			t.Errorf("port %d asks in %d of %d rounds", port, asks[port], n-1)
		}
	}
}

func TestRing(t *testing.T) {
	once(t, Shape{Kind: Ring, Ports: 2}, 1)
	for n := 3; n <= 40; n++ {
		s := Shape{Kind: Ring, Ports: n}
		once(t, s, n)
		if rounds := Of(s).Len(); rounds != 2+n%2 {
			t.Errorf("a ring of %d takes %d rounds", n, rounds)
		}
	}
}

func TestRacks(t *testing.T) {
	for _, sizes := range [][]int{{1, 1}, {2, 3}, {4, 4, 4}, {1, 7, 2, 5}, {3}} {
		sum, pairs := 0, len(sizes)*(len(sizes)-1)/2
		for _, n := range sizes {
			sum, pairs = sum+n, pairs+n*(n-1)/2
		}
		once(t, Shape{Kind: Racks, Ports: sum, Sizes: sizes}, pairs)
	}
}

func TestListKeepsEveryPair(t *testing.T) {
	list := []Pair{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 3}, {0, 1}}
	total := 0
	for p, n := range seen(t, Shape{Kind: List, Ports: 5, Pairs: list}) {
		total += n
		if want := map[Pair]int{{0, 1}: 2, {1, 2}: 1, {0, 2}: 1, {3, 4}: 2}[p]; n != want {
			t.Errorf("%v met %d times, want %d", p, n, want)
		}
	}
	if total != len(list) {
		t.Errorf("%d of %d pairs", total, len(list))
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, s := range []Shape{
		{}, {Kind: Mesh}, {Kind: Mesh, Ports: 1}, {Kind: Mesh, Ports: 1 << 30}, {Kind: "star", Ports: 3}, {Kind: List, Ports: 2},
		{Kind: List, Ports: 2, Pairs: []Pair{{0, 0}}}, {Kind: List, Ports: 2, Pairs: []Pair{{0, 2}}}, {Kind: List, Ports: 2, Pairs: []Pair{{-1, 0}}},
		{Kind: Racks, Ports: 3, Sizes: []int{1, 1}}, {Kind: Racks, Ports: 2, Sizes: []int{-1, 3}},
	} {
		if s.Check() == nil {
			t.Errorf("%+v passes", s)
		}
	}
}

func TestTable(t *testing.T) {
	start := time.Unix(1000, 0)
	tab := Table{Start: start, Length: 8 * time.Second, Guard: time.Second, Count: 3}
	for _, c := range []struct {
		after time.Duration
		next  int
	}{{-time.Hour, 0}, {0, 0}, {2 * time.Second, 0}, {2*time.Second + 1, 1}, {9 * time.Second, 1}, {20 * time.Second, 2}, {21 * time.Second, 3}} {
		if n := tab.Next(start.Add(c.after)); n != c.next {
			t.Errorf("%v after the start: next is %d, want %d", c.after, n, c.next)
		}
	}
	if !tab.Over().Equal(start.Add(26 * time.Second)) {
		t.Errorf("over at %v", tab.Over())
	}
	if Guard(-300*time.Millisecond) != 800*time.Millisecond {
		t.Errorf("guard %v", Guard(-300*time.Millisecond))
	}
}
