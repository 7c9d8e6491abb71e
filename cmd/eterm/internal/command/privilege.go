package command

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/daemon"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/sandbox"
	"eterm/cmd/internal/watch"
	"eterm/iface/lab"
)

// rowKey is where a running command's context has its row of sandbox.Table.
type rowKey struct{}

// Confine has every command with a row in sandbox.Table give its privileges
// up, and gives it the flags for that. prefix is the name of the command above.
func Confine(commands []*cli.Command, prefix string) {
	for _, c := range commands {
		Confine(c.Subcommands, prefix+c.Name+" ")
		row, ok := sandbox.Lookup(prefix + c.Name)
		if !ok {
			continue
		}
		c.Action = confined(row, c.Action)
		c.Flags = append(c.Flags,
			&cli.StringFlag{Name: "user", Category: "Privileges", Usage: "started by root: become `USER` when all is open; root stays root", DefaultText: "who called sudo"},
			&cli.BoolFlag{Name: "no-sandbox", Category: "Privileges", Usage: "keep all privileges, to find a fault"},
		)
		if !slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), "verbose") }) {
			c.Flags = append(c.Flags, args.VerboseFlag(new(bool)))
		}
	}
}

func confined(row sandbox.Row, action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		row := row
		if c.Bool("watch") {
			if err := watch.Check(show.IsTerminal(c.App.Reader), show.IsTerminal(c.App.Writer)); err != nil {
				return exit.Usage("%w", err)
			}
			row.Terminal = true
			ctx, quit := context.WithCancel(c.Context)
			defer quit()
			c.Context, c.App.Metadata[quitKey] = ctx, quit
		}
		c.Context = context.WithValue(c.Context, rowKey{}, row)
		if c.Bool("no-sandbox") {
			sandbox.Off()
		}
		if err := sandbox.Choose(c.String("user")); err != nil {
			return exit.Usage("%w", err)
		}
		if err := sandbox.Begin(row); err != nil {
			return exit.Usage("%w", sandbox.Kept(err))
		}
		return action(c)
	}
}

// AtWork is called by every command when its ports, files and children exist:
// from here on it holds no privilege, and a lab that it runs in hears that it
// is at work. Files may be made and removed later in the folders of the paths
// named only; empty ones name none.
func AtWork(c *cli.Context, paths ...string) error {
	row, _ := c.Context.Value(rowKey{}).(sandbox.Row)
	return enter(c, row, paths)
}

// AtWorkReading is AtWork for a command that still has these files to read, and
// may remove the one it writes; "" is none.
func AtWorkReading(c *cli.Context, writes string, files ...string) error {
	row, _ := c.Context.Value(rowKey{}).(sandbox.Row)
	row.Files = append(slices.Clone(row.Files), files...)
	return enter(c, row, []string{writes})
}

func enter(c *cli.Context, row sandbox.Row, paths []string) error {
	var folders []string
	for _, p := range paths {
		if p != "" && p != "-" {
			folders = append(folders, filepath.Dir(p))
		}
	}
	waiting := daemon.FindManager()
	report, err := sandbox.Enter(row, folders)
	if err != nil {
		return exit.Usage("%w", sandbox.Kept(err))
	}
	c.App.Metadata[sandboxKey] = strings.TrimPrefix(report.String(), "sandbox: ")
	if c.Bool("verbose") {
		Note(c, "%s", report)
	}
	lab.Ready()
	waiting.Ready()
	return nil
}
