package linktest

import "eterm/frame/probe"

// TestFrame makes the frame of one stream and size of a load, and the writer of
// its marks, for who paces and accounts for frames in another way than Send does.
// The load must pass Check; the frame is the caller's.
func (l Load) TestFrame(stream uint8, size int, session uint32) ([]byte, probe.Writer, error) {
	t, err := l.build(stream, size, l.plan(size), session)
	return t.frame, t.writer, err
}

// Plan is what a receiver has to know of a load to account for it.
func (l Load) Plan() probe.Plan { return l.plan(l.longest()) }
