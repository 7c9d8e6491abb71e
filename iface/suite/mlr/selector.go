package mlr

// selector follows one goal through its targets.
type selector struct {
	search  *Search
	targets []target
	at      int  // which target
	reached bool // the goal
	pair    span // the loads this target starts from; none where there is not one
	step    int  // how far the next load beyond the bounds is from them
	// How the load proposed last came about.
	how how
}

// how is the way in which a load was chosen.
type how int

const (
	inside how = iota
	up         // beyond a lower bound: if that is what it becomes, the step was too small
	down       // beyond an upper bound, likewise
)

// aim starts the present target from a pair of loads.
func (g *selector) aim(pair span) {
	g.pair = pair
	w := g.target().width
	if pair.lo != none && pair.hi != none {
		w = max(w, pair.width())
	}
	g.step = 2 * w
}

func (g *selector) target() target { return g.targets[g.at] }

// propose is the trial this goal wants, or nil when it is reached. A target that
// is reached hands its bounds to the next, finer one.
func (g *selector) propose() *proposal {
	for {
		b := g.search.bounds(g.target())
		if load, width := g.choose(b); load != none {
			g.reached = false
			return &proposal{load: load, duration: g.target().trial, width: width, from: g}
		}
		if g.at == len(g.targets)-1 {
			g.reached = true
			return nil
		}
		g.at++
		g.aim(b)
	}
}

// choose tries the ways to choose a load in turn.
func (g *selector) choose(b span) (load, width int) {
	g.how = inside
	for _, way := range []func(*selector, span) (int, int){
		(*selector).halve, (*selector).refineLower, (*selector).refineUpper,
		(*selector).extendDown, (*selector).extendUp, (*selector).bisect,
	} {
		if load, width = way(g, b); load != none {
			return load, width
		}
	}
	return none, 0
}

// worth says whether a trial at a load could tell anything.
func (g *selector) worth(b span, load int) bool {
	switch {
	case load == none:
		return false
	case b.lo != none && load <= b.lo, b.hi != none && load >= b.hi:
		return false
	}
	return b.lo == none || b.hi == none || b.width() > g.target().width
}

// restart makes the next step twice w, when a load inside was chosen.
func (g *selector) restart(w int) { g.step = 2 * max(w, g.target().width) }

// halve divides the pair if that makes both parts narrow enough.
func (g *selector) halve(b span) (int, int) {
	w := g.target().width
	if g.pair.lo == none || g.pair.hi == none || g.pair.width() <= w || g.pair.width() > 2*w {
		return none, 0
	}
	return g.refine(b, g.pair.middle(w))
}

func (g *selector) refineLower(b span) (int, int) { return g.refine(b, g.pair.lo) }

func (g *selector) refineUpper(b span) (int, int) { return g.refine(b, g.pair.hi) }

// refine measures a load again, for as long as this target wants.
func (g *selector) refine(b span, load int) (int, int) {
	if !g.worth(b, load) {
		return none, 0
	}
	g.restart(0)
	return load, g.target().width
}

// wide is the step to take beyond the bounds.
func (g *selector) wide() int { return max(g.step, g.search.step) }

// extendDown looks for a lower bound when there is none.
func (g *selector) extendDown(b span) (int, int) {
	if b.lo != none || b.hi == none || b.hi <= 0 {
		return none, 0
	}
	load := g.search.within(b.hi-g.wide(), g.target().width, b)
	if !g.worth(b, load) {
		return none, 0
	}
	g.how = down
	return load, g.wide()
}

// extendUp looks for an upper bound when there is none.
func (g *selector) extendUp(b span) (int, int) {
	if b.hi != none || b.lo == none || b.lo >= g.search.grid.top {
		return none, 0
	}
	load := g.search.within(b.lo+g.wide(), g.target().width, b)
	if !g.worth(b, load) {
		return none, 0
	}
	g.how = up
	return load, g.wide()
}

// bisect divides the interval between the bounds, or extends from the bound
// that lies outside the pair, if that is the smaller leap.
func (g *selector) bisect(b span) (int, int) {
	w := g.target().width
	if b.lo == none || b.hi == none || b.width() <= w {
		return none, 0
	}
	middle := b.middle(w)
	if g.pair.hi != none && middle < g.pair.hi {
		if load := g.search.within(b.hi-g.wide(), w, b); load > middle && load < g.pair.hi {
			g.how = down
			return load, g.wide()
		}
	}
	if g.pair.lo != none && middle > g.pair.lo {
		if load := g.search.within(b.lo+g.wide(), w, b); load != none && load < middle && load > g.pair.lo {
			g.how = up
			return load, g.wide()
		}
	}
	narrower := min(middle-b.lo, b.hi-middle)
	g.restart(narrower)
	return middle, narrower
}

// won is told that a trial was made at the load proposed: a step that missed
// the bound it sought was too small, and the next one is twice as wide.
func (g *selector) won(load int) {
	b := g.search.bounds(g.target())
	if g.how == up && load == b.lo || g.how == down && load == b.hi {
		g.step *= 2
		g.search.step = g.step
	}
}
