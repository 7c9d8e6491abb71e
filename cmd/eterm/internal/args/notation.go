package args

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/frame"
)

// CompleteNotation offers flags behind a dash, as every command does, and else
// what the notation typed so far can go on with: layers, then fields and kinds
// of message.
func CompleteNotation(c *cli.Context) {
	if n := len(os.Args); n > 2 && strings.HasPrefix(os.Args[n-2], "-") {
		cli.DefaultCompleteWithFlags(c.Command)(c)
		return
	}
	for _, word := range frame.Complete(c.Args().Slice()) {
		fmt.Fprintln(c.App.Writer, word)
	}
}
