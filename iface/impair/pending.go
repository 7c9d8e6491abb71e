package impair

import "time"

// waiting is a copy that comes out of the cable when it is due.
type waiting struct {
	transit
	due   time.Time
	order uint64
}

// pending is a heap of frames by the time they are due, then as they came.
type pending []waiting

func (p pending) Len() int { return len(p) }
func (p pending) Less(i, j int) bool {
	if !p[i].due.Equal(p[j].due) {
		return p[i].due.Before(p[j].due)
	}
	return p[i].order < p[j].order
}

func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)   { *p = append(*p, x.(waiting)) }
func (p *pending) Pop() any {
	old := *p
	x := old[len(old)-1]
	old[len(old)-1] = waiting{}
	*p = old[:len(old)-1]
	return x
}
