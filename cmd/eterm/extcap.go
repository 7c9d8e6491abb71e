package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/eterm/internal/wireshark"
	"eterm/cmd/internal/result"
	"eterm/iface"
)

// extcap is the program as Wireshark starts it.
func extcap(ctx context.Context, words []string, stdin io.Reader, stdout, stderr io.Writer) int {
	r, err := wireshark.Parse(words)
	if err == nil {
		switch r.Act {
		case wireshark.ListPorts:
			var ports []iface.Info
			if ports, err = iface.List(); err == nil {
				err = wireshark.WritePorts(stdout, result.ThisTool().Version, ports)
			}
		case wireshark.ListLinkTypes:
			err = wireshark.WriteLinkTypes(stdout)
		case wireshark.ListOptions:
			err = wireshark.WriteOptions(stdout)
		case wireshark.CheckFilter:
			if _, err = iface.CompileExpression(ctx, []string{r.Filter}); err != nil {
				fmt.Fprintln(stdout, show.Text(err.Error())) // Wireshark looks for the reason here
			}
		case wireshark.Capture:
			return captureTo(ctx, &r, stdin, stderr)
		}
	}
	if err != nil {
		show.NewMessages(stderr).Note("%s", show.Words(err.Error()))
		return exit.StatusUsage
	}
	return exit.StatusDone
}

// captureTo runs eterm listen into the pipe that Wireshark made. Wireshark shows
// whatever is said on standard error as a failure: nothing is, unless it is one.
func captureTo(ctx context.Context, r *wireshark.Request, stdin io.Reader, stderr io.Writer) int {
	fifo, err := os.OpenFile(r.FIFO, os.O_WRONLY, 0)
	if err != nil {
		show.NewMessages(stderr).Note("%s", show.Words(err.Error()))
		return exit.StatusUsage
	}
	defer fifo.Close()
	var said bytes.Buffer
	status := run(ctx, append([]string{"eterm"}, r.Words()...), stdin, fifo, &said)
	if status != exit.StatusDone {
		_, _ = stderr.Write(said.Bytes())
	}
	return status
}

func dissectorCommand() *cli.Command {
	return &cli.Command{
		Name:      "dissector",
		Usage:     "print the Lua script by which Wireshark takes eterm's own frames apart",
		UsageText: "eterm dissector >~/.local/lib/wireshark/plugins/eterm.lua",
		Action: func(c *cli.Context) error {
			_, err := io.WriteString(c.App.Writer, wireshark.Dissector)
			return err
		},
	}
}
