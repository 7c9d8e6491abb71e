package command

import (
	"bytes"
	"os"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/seal"
)

// keyVar has the shared key where no --key names a file with it. There is no
// flag for the key itself: others can read a command line.
const keyVar = "ETERM_KEY"

// KeyFlag names the file of the key that both ends share.
func KeyFlag(dst *string) cli.Flag {
	return &cli.StringFlag{Name: "key", Destination: dst, DefaultText: "$" + keyVar + ", or none", Usage: "take part only with those who have the same key, the text in `FILE`"}
}

// SharedKey is the key in a file, or else in the environment; the zero Key if
// there is none.
func SharedKey(file string) (seal.Key, error) {
	from, text := keyVar, []byte(os.Getenv(keyVar))
	if file != "" {
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return seal.Key{}, exit.Usage("--key: %w", err)
		}
		from = "--key " + file
	} else if len(text) == 0 {
		return seal.Key{}, nil
	}
	key, err := seal.New(bytes.TrimSpace(text))
	if err != nil {
		return key, exit.Usage("%s: %w", from, err)
	}
	return key, nil
}
