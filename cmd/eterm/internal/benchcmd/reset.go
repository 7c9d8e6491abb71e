package benchcmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

// waitingReset is a shell that waits to be told to reset the device: nothing can
// be started any more when privileges are given up.
type waitingReset struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

func newWaitingReset(command string) (*waitingReset, error) {
	cmd := exec.Command("/bin/sh", "-c", "read go && "+command)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	return &waitingReset{cmd, pipe}, err
}

func (r *waitingReset) end() {
	_ = r.pipe.Close()
	_ = r.cmd.Wait()
}

// reset has the next shell reset the device.
func (w *benchRun) reset(context.Context, string) error {
	if len(w.resets) == 0 {
		return errors.New("no reset is left")
	}
	r := w.resets[0]
	w.resets = w.resets[1:]
	_, err := io.WriteString(r.pipe, "go\n")
	go r.end()
	return err
}
