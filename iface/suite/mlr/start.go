package mlr

// starter makes the trials before the goals know anything: a warm-up, one at
// the greatest load, one at the rate the device then forwarded, and one beside
// it. The last two loads are where the goals start from.
type starter struct {
	loss, duration float64 // the least loss of all goals, the longest first trial
	width          int     // and the widest first width
	queue          []*proposal
	stage          int
	mid            int // load of the second trial
}

func newStarter(s *Search) (st starter) {
	for i, g := range s.config.Goals {
		coarsest := s.goals[i].targets[0]
		if i == 0 || g.Loss < st.loss {
			st.loss = g.Loss
		}
		st.duration = max(st.duration, coarsest.trial)
		st.width = max(st.width, coarsest.width)
	}
	if s.config.Warmup > 0 {
		st.queue = append(st.queue, &proposal{load: s.grid.top, duration: s.config.Warmup, warmup: true})
	}
	if s.config.StartAt > 0 {
		k := s.grid.below(s.config.StartAt)
		s.begin(k, k)
		return st
	}
	st.queue = append(st.queue, &proposal{load: s.grid.top, duration: st.duration})
	return st
}

// next is the trial to make, or nil when the goals have taken over.
func (st *starter) next() *proposal {
	if len(st.queue) == 0 {
		return nil
	}
	return st.queue[0]
}

// took goes on after a trial.
func (st *starter) took(s *Search, p *proposal, m measured) {
	st.queue = st.queue[1:]
	if p.warmup {
		return
	}
	st.stage++
	switch st.stage {
	case 1:
		st.first(s, m)
	case 2:
		st.second(s, p.load, m)
	default:
		s.begin(st.mid, p.load)
	}
}

// first looks at the trial at the greatest load.
func (st *starter) first(s *Search, m measured) {
	forwarded := s.grid.below(forwarded(s.grid.most, m, st.loss))
	if forwarded >= s.grid.top {
		s.begin(s.grid.top, s.grid.top)
		return
	}
	st.mid = s.within(forwarded, st.width, span{none, s.grid.top})
	st.queue = append(st.queue, &proposal{load: st.mid, duration: st.duration})
}

// second looks at the trial at the rate forwarded in the first.
func (st *starter) second(s *Search, load int, m measured) {
	var third int
	if m.Undecidable || m.Loss > st.loss {
		if load == 0 {
			s.begin(load, load)
			return
		}
		third = s.within(min(s.grid.below(forwarded(s.grid.load(load), m, st.loss)), load-1), st.width, span{none, load})
	} else {
		third = s.within(load+st.width, st.width, span{load, s.grid.top})
	}
	if third == none {
		s.begin(load, load)
		return
	}
	st.queue = append(st.queue, &proposal{load: third, duration: st.duration})
}

// forwarded is the load at which a device that forwards as much as in a trial
// would lose no more than loss.
func forwarded(load float64, m measured, loss float64) float64 {
	if m.Undecidable && m.Loss == 0 {
		return load / 2
	}
	return load * (1 - m.Loss) / (1 - loss)
}

// begin has the goals start from two loads.
func (s *Search) begin(a, b int) {
	pair := span{min(a, b), max(a, b)}
	s.step = pair.width()
	for _, g := range s.goals {
		g.aim(pair)
	}
}
