package iface

// As finds an ability that a port may have beside those of every Port, such as
// TxTimestamper or Mechanism, also behind wrappers: the first port that has it, of
// p and what p's Unwrap() Port returns, and so on, as errors.As does.
//
// A wrapper has such a method so that it loses no ability of what it wraps. It
// implements an ability itself where it changes what the ability means.
func As[T any](p Port) (ability T, ok bool) {
	for p != nil {
		if ability, ok = p.(T); ok {
			return ability, true
		}
		w, wraps := p.(interface{ Unwrap() Port })
		if !wraps {
			break
		}
		p = w.Unwrap()
	}
	return ability, false
}
