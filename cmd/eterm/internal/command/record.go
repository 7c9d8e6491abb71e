package command

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/capture"
	"eterm/iface"
)

// Recording is what a command is told of a capture to write.
type Recording struct {
	Path   string
	rotate args.Rotate
	keep   int
	force  bool
	Print  bool
}

// Flags are the flags of a command that records.
func (r *Recording) Flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "write", Aliases: []string{"w"}, Destination: &r.Path, Usage: "write a capture to `FILE` instead of printing: pcap if it ends so, else pcapng; - is standard output"},
		&cli.GenericFlag{Name: "rotate", Value: &r.rotate, DefaultText: "never", Usage: "with -w: begin a new file every `SIZE|TIME`, such as 100MB, 10m or 1GB,1h"},
		args.Default(args.NumberFlag("keep", &r.keep, 1, args.Unlimited, "with --rotate: keep the newest `N` files only"), "all"),
		&cli.BoolFlag{Name: "print", Destination: &r.Print, Usage: "with -w: print the frames too"},
		args.ForceFlag(&r.force, "with -w: overwrite a file that is there"),
	}
}

// Check refuses what cannot be meant, before anything is opened.
func (r *Recording) Check(c *cli.Context, toStdout bool) error {
	switch {
	case r.Path != "-":
		return nil
	case r.rotate.Given():
		return exit.Usage("standard output cannot be rotated: give -w a file's name")
	case toStdout:
		return exit.Usage("-w - writes the capture to standard output, so nothing else can be printed there")
	}
	return RefuseTerminal(c)
}

// RefuseTerminal keeps a capture's bytes off a terminal.
func RefuseTerminal(c *cli.Context) error {
	if show.IsTerminal(c.App.Writer) {
		return exit.Usage("a capture is nothing for a terminal: redirect standard output, or give -w a file's name")
	}
	return nil
}

// Open makes the capture of a session.
func (r *Recording) Open(c *cli.Context, s *Session, about capture.Interface) (*capture.Recorder, error) {
	o := capture.RecorderOptions{
		About: about, Force: r.force, MaxBytes: r.rotate.Bytes, MaxAge: r.rotate.Age, Keep: r.keep,
		Account: func() capture.Statistics { return accountOf(s) },
	}
	if r.Path != "-" {
		return NewCapture(r.Path, o)
	}
	// A reader that goes away is the end of the capture, not of the program.
	signal.Ignore(syscall.SIGPIPE)
	return capture.Stream(c.App.Writer, capture.PcapNG, o)
}

// Later is the file that others are made beside, while the command runs.
func (r *Recording) Later() string {
	if r.rotate.Given() {
		return r.Path
	}
	return ""
}

// AboutCapture describes the interface, the machine and this program.
func AboutCapture(name, filter string, snapLen int) capture.Interface {
	about := capture.Interface{Name: name, Filter: filter, SnapLen: snapLen, Application: "eterm " + result.ThisTool().Version}
	if info, err := iface.Describe(name); err == nil {
		words := []string{info.HardwareAddr.String(), info.Driver, "MTU " + strconv.Itoa(info.MTU)}
		if info.Speed > 0 {
			words = append(words, fmt.Sprintf("%d Mbit/s", info.Speed/1e6))
		}
		about.Description = strings.Join(words, " ")
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		about.OS = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
		about.Hardware = unix.ByteSliceToString(u.Machine[:])
	}
	return about
}

// accountOf is what the kernel counted of a session up to now.
func accountOf(s *Session) capture.Statistics {
	a := capture.Statistics{Start: s.Began, End: time.Now()}
	n, err := s.Port.Counters()
	if err != nil {
		a.Comment = "no counters: " + err.Error()
		return a
	}
	accepted, missed := n.Delivered+n.SocketDropped, n.Interface.RxDropped+n.Interface.NICDropped()
	a.Received, a.Dropped = &n.Interface.RxPackets, &missed
	a.Accepted, a.OSDropped, a.Delivered = &accepted, &n.SocketDropped, &n.Delivered
	a.Comment = fmt.Sprintf("the kernel dropped %d of %d frames, the NIC %d before that", n.SocketDropped, accepted, n.Interface.NICDropped())
	return a
}

// Record writes what is received, up to the number given, and ends the capture.
func Record(ctx context.Context, s *Session, out *capture.Recorder, most uint64, print bool) error {
	err := s.Receive(ctx, Taker{Batch: func(rx []iface.Received) (bool, error) {
		if most != 0 {
			rx = rx[:min(uint64(len(rx)), most-out.Frames())]
		}
		if err := writeBatch(out, rx); err != nil {
			s.count(rx) // received they were
			return false, err
		}
		if print {
			_, err := s.Print(rx, 0)
			return out.Frames() == most && most != 0, err
		}
		s.count(rx)
		return out.Frames() == most && most != 0, nil
	}, Tick: func(time.Time) error { return out.Report() }})
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if errors.Is(err, syscall.EPIPE) {
		s.Messages.Note("the reader of the capture is gone: it ends here")
		return nil
	}
	if len(out.Files()) > 0 {
		s.Messages.Note("%s in %s", show.Count(out.Frames(), "frame"), filesInWords(out))
	}
	return err
}

func filesInWords(out *capture.Recorder) string {
	files := out.Files()
	first, last := files[0], files[len(files)-1]
	switch {
	case out.Made() == 1:
		return last
	case out.Made() > len(files):
		return fmt.Sprintf("%d files, of which %s to %s are kept", out.Made(), first, last)
	default:
		return fmt.Sprintf("%d files, %s to %s", out.Made(), first, last)
	}
}

// writeBatch records frames. A batch that is not full is the last for now, and
// is handed on at once: the file is never behind by more than it takes long to
// write.
func writeBatch(out *capture.Recorder, rx []iface.Received) error {
	for i := range rx {
		r := capture.Record{Bytes: rx[i].Bytes, Length: rx[i].Length, Time: rx[i].At, Direction: capture.Inbound}
		if rx[i].To == iface.Outgoing {
			r.Direction = capture.Outbound
		}
		if err := out.Write(&r); err != nil {
			return err
		}
	}
	if len(rx) < receiveBatch {
		return out.Flush()
	}
	return nil
}
