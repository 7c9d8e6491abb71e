package args

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// argvApp has one command of each kind of flag.
func argvApp() *cli.App {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "interface", Aliases: []string{"i", "I"}},
		&cli.StringFlag{Name: "from"}, &cli.StringFlag{Name: "to"},
		&cli.IntFlag{Name: "count", Aliases: []string{"c"}},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}},
		&cli.BoolFlag{Name: "ipv4", Aliases: []string{"4"}}, &cli.BoolFlag{Name: "ipv6", Aliases: []string{"6"}},
		&cli.BoolFlag{Name: "lbm"}, &cli.IntFlag{Name: "level"},
		&cli.StringFlag{Name: "src-ip"}, &cli.StringFlag{Name: "dst-ip"},
		&cli.StringFlag{Name: "write", Aliases: []string{"w"}}, &cli.StringFlag{Name: "format"}, &cli.BoolFlag{Name: "print"},
	}
	return &cli.App{Commands: []*cli.Command{
		{Name: "ping", Flags: flags},
		{Name: "exchange", Flags: flags},
		{Name: "listen", Flags: flags},
		{Name: "link", Subcommands: []*cli.Command{{Name: "send", Flags: flags}}},
	}}
}

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ping -i eth0 10.0.0.1 -c 3", "ping -i eth0 -c 3 -- 10.0.0.1"},
		{"ping 10.0.0.1 -c3 -ieth0", "ping -c 3 -i eth0 -- 10.0.0.1"},
		{"ping -qvieth0 x", "ping -q -v -i eth0 -- x"},
		{"ping -qvi eth0 x", "ping -q -v -i eth0 -- x"},
		{"ping -c=3", "ping -c 3"},
		{"ping --count=3 x", "ping --count=3 -- x"},
		{"ping --count 3 x", "ping --count 3 -- x"},
		{"ping -c -1 x", "ping -c -1 -- x"},
		{"ping -- -x -c", "ping -- -x -c"},
		{"ping - x", "ping -- - x"},
		{"ping x --help", "ping --help -- x"},
		{"link send x -c3", "link send -c 3 -- x"},
		{"link", "link"},
		{"nonsense -c", "nonsense -c"},
		{"--help", "--help"},
		// Two flags that contradict each other, and flags that go together.
		{"ping -4 --ipv6", "error: --ipv4 and --ipv6 contradict each other: give one"},
		{"ping -6 -4 --help", "ping -6 -4 --help"},
		{"ping --level 3", "error: --level is nothing without --lbm: give both, or neither"},
		{"exchange --src-ip 192.0.2.1", "error: --src-ip and --dst-ip go together: give all of them or none"},
		{"listen -w x --format line", "error: --write and --format contradict each other: give one"},
		{"listen -w x --format line --print", "listen -w x --format line --print"},
		// A slip of the finger.
		{"ping --cuont 3", "error: unknown flag --cuont: did you mean --count? eterm ping --help lists them"},
		{"ping -count 3", "ping -c ount -- 3"},
		{"link send --verbos", "error: unknown flag --verbos: did you mean --verbose? eterm link send --help lists them"},
		{"ping --fragment", "error: unknown flag --fragment: eterm ping --help lists them"},
		{"--help", "--help"}, {"--version", "version"}, {"-V", "version"},
		// The original demo's own lines.
		{"--lm 00123456789a --rm 00a987654321", "exchange --from 00123456789a --to 00a987654321"},
		{"--lm 00123456789a", "exchange --from 00123456789a"},
		{"--receiveOnly", "listen"},
		{"--receiveonly --lmac 00123456789a -i eth0", "listen -i eth0"},
		{"-i eth0 --localMAC 00123456789a --remoteMAC=00a987654321", "exchange --from 00123456789a --to 00a987654321 -i eth0"},
		{"-i eth0", "exchange -i eth0"},
		{"-ieth0 -c3", "exchange -i eth0 -c 3"},
		{"--port 7 -i eth0", "exchange -i eth0"},
		{"--p=7 --receiveOnly", "listen"},
		{"-i eth0 listen", "error: flags stand before the command: say eterm listen first, then its flags"},
		{"-i listen", "exchange -i listen"},
		{"ping --lm", "error: unknown flag --lm: eterm ping --help lists them"},
		{"--lm", "error: flag --lm needs a value: a MAC address such as 00123456789a"},
		{"ping -c", "error: flag -c needs a value"},
		{"ping --count", "error: flag --count needs a value"},
		{"ping -z", "error: unknown flag -z: eterm ping --help lists them"},
		{"ping -qz", "error: unknown flag -qz: eterm ping --help lists them"},
		{"ping --c 3", "error: unknown flag --c: eterm ping --help lists them"},
		{"-z ping", "error: unknown flag -z: eterm --help lists the commands"},
	} {
		line, err := Normalise(argvApp(), append([]string{"eterm"}, strings.Fields(c.in)...))
		if err != nil {
			line.Words = append([]string{"eterm"}, "error: "+err.Error())
		}
		if s := strings.Join(line.Words[1:], " "); s != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, s, c.want)
		}
	}
}

// FuzzNormalise: whatever is typed, no word is lost or invented.
func FuzzNormalise(f *testing.F) {
	f.Add("ping -qvieth0 x -- -c")
	f.Add("--lm 00123456789a --receiveOnly -c=3")
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Fields(line)
		got, err := Normalise(argvApp(), append([]string{"eterm"}, words...))
		if err != nil || len(words) == 0 || words[0] != "ping" {
			return
		}
		bytes := func(words []string) string {
			return strings.NewReplacer("-", "", "=", "").Replace(strings.Join(words, ""))
		}
		if a, b := len(bytes(words)), len(bytes(got.Words[1:])); a != b {
			t.Errorf("%q became %q", words, got.Words)
		}
	})
}
