package lines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"eterm/frame"
)

// built is what Build gives of some text.
func built(t *testing.T, text string, o Options) (frames [][]byte, err error) {
	t.Helper()
	o.Give = func(made []byte, ends []int) error {
		from := 0
		for _, to := range ends {
			frames = append(frames, slices.Clone(made[from:to]))
			from = to
		}
		return nil
	}
	return frames, Build(t.Context(), strings.NewReader(text), o)
}

// TestBuildKeepsTheOrder: as many lines as fill many batches make the frames
// that each makes alone, in their order, and skip what is no line of notation.
func TestBuildKeepsTheOrder(t *testing.T) {
	var text strings.Builder
	var want [][]byte
	for i := range 20000 {
		line := fmt.Sprintf("eth dst=02:00:00:00:00:02 / vlan id=%d / hex %08x", i%4094+1, i)
		fmt.Fprintf(&text, "# %d\n\n  %s\n", i, line)
		one, err := frame.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, one.Append(nil))
	}
	got, err := built(t, text.String(), Options{})
	if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("%d frames, want %d in their order; %v", len(got), len(want), err)
	}
	texts, err := built(t, text.String(), Options{Text: func() func(dst, b []byte) []byte {
		return func(dst, b []byte) []byte { return fmt.Appendf(dst, "%x", b) }
	}})
	for i := range texts {
		if string(texts[i]) != fmt.Sprintf("%x", want[i]) {
			t.Fatalf("text %d is %s", i, texts[i])
		}
	}
	if err != nil || len(texts) != len(want) {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
}

// TestBuildNamesTheWrongLine: all before it is given, nothing after it.
func TestBuildNamesTheWrongLine(t *testing.T) {
	got, err := built(t, "eth\n\neth dst=nowhere\neth\n", Options{})
	var wrong *Error
	var syntax *frame.SyntaxError
	if !errors.As(err, &wrong) || wrong.Line != 3 || !errors.As(err, &syntax) || len(got) != 1 {
		t.Errorf("%d frames, %v", len(got), err)
	}
	if _, err := built(t, "eth / hex "+strings.Repeat("00", MaxLine), Options{}); !errors.As(err, &wrong) || wrong.Line != 1 || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a line without end: %v", err)
	}
}

// TestBuildWithSeed: the same seed makes the same random values of every line.
func TestBuildWithSeed(t *testing.T) {
	line := "eth src=random / hex 00\n"
	a, err := built(t, line+line, Options{Seed: 7})
	b, errB := built(t, line, Options{Seed: 8})
	if err != nil || errB != nil || len(a) != 2 || len(b) != 1 || !slices.Equal(a[0], a[1]) || slices.Equal(a[0], b[0]) {
		t.Errorf("%x %x, %v, %v", a, b, err, errB)
	}
}

// TestBuildEndsWhileItWaits: the end of ctx ends it without another line, and so
// does an error of Give.
func TestBuildEndsWhileItWaits(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	given := make(chan int, 1)
	go out.Write([]byte("eth\n"))
	go func() { <-given; cancel(stop) }()
	err := Build(ctx, in, Options{Give: func(_ []byte, ends []int) error { given <- len(ends); return nil }})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := Build(t.Context(), strings.NewReader("eth\n"), Options{Give: func([]byte, []int) error { return io.ErrShortWrite }}); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}
