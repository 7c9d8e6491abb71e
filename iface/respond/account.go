package respond

import "sync"

// Account is what a Responder did.
type Account struct {
	Answered map[string]uint64 `json:"answered"` // by answerer
	Limited  uint64            `json:"limited"`  // questions left because they came too fast
	Unsafe   uint64            `json:"unsafe"`   // frames from a group address, from ourselves, or without a header
	TooLong  uint64            `json:"too_long"` // answers that would have been longer than their question
	Refused  uint64            `json:"refused"`  // answers the kernel did not take
}

// counted is an answerer and how often it answered.
type counted struct {
	Answerer
	n uint64
}

// tally keeps the account; Serve writes it while others read.
type tally struct {
	mu    sync.Mutex
	all   []*counted
	other Account
}

func (t *tally) add(a Answerer) *counted {
	c := &counted{Answerer: a}
	t.all = append(t.all, c)
	return c
}

func (t *tally) count(n *uint64) {
	t.mu.Lock()
	*n++
	t.mu.Unlock()
}

func (t *tally) answered(c *counted) { t.count(&c.n) }
func (t *tally) limited()            { t.count(&t.other.Limited) }
func (t *tally) tooLong()            { t.count(&t.other.TooLong) }
func (t *tally) unsafe()             { t.count(&t.other.Unsafe) }

func (t *tally) sent(_ int, err error) {
	if err != nil {
		t.count(&t.other.Refused)
	}
}

// Account is what was done so far. It may be called at any time.
func (r *Responder) Account() Account {
	t := &r.account
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.other
	a.Answered = make(map[string]uint64, len(t.all))
	for _, c := range t.all {
		a.Answered[c.Name] += c.n
	}
	return a
}

// Total is the number of answers.
func (a Account) Total() (n uint64) {
	for _, v := range a.Answered {
		n += v
	}
	return n
}
