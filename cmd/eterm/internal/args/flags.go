package args

import "github.com/urfave/cli/v2"

// The flags that mean the same in every command that has them. Each stores
// into the place it is given.

func InterfaceFlag(dst *string) cli.Flag {
	return &cli.GenericFlag{
		Name: "interface", Aliases: []string{"i", "I"}, EnvVars: []string{"ETERM_INTERFACE"},
		Usage: "use `INTERFACE`", Value: InterfaceName(dst),
	}
}

// OtherInterfaceFlag names an interface that has a part of its own.
func OtherInterfaceFlag(name string, dst *string, usage string) cli.Flag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: InterfaceName(dst)}
}

func CountFlag(dst *Count, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "count", Aliases: []string{"c"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

func DurationFlag(dst *Duration) cli.Flag {
	return &cli.GenericFlag{Name: "duration", Aliases: []string{"d"}, Value: dst, DefaultText: "until stopped", Usage: "stop after `TIME`, such as 10 or 1m30s"}
}

func IntervalFlag(dst *Duration) cli.Flag {
	return &cli.GenericFlag{Name: "interval", Value: dst, DefaultText: dst.String(), Usage: "send every `TIME`, such as 0.2 or 200ms"}
}

func TimeoutFlag(dst *Duration, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "timeout", Aliases: []string{"W"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

// DrainFlag is how long frames are awaited that are still on their way when
// the last one was sent.
func DrainFlag(dst *Duration, defaultText, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "drain", Value: dst, DefaultText: defaultText, Usage: usage}
}

func ToFlag(dst *MAC) cli.Flag {
	return &cli.GenericFlag{Name: "to", Value: dst, DefaultText: dst.text, Usage: "destination `MAC`, in any usual spelling, or broadcast, own, random"}
}

func FromFlag(dst *MAC) cli.Flag {
	return &cli.GenericFlag{Name: "from", Value: dst, DefaultText: dst.text, Usage: "source `MAC`, in any usual spelling, or own, random"}
}

func EtherTypeFlag(dst *EtherType, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "ethertype", Aliases: []string{"t"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

func PayloadFlags(p *Payload) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "payload", Value: payloadText{p}, Usage: "payload as `TEXT`", DefaultText: "bytes 00 01 .. 0f"},
		&cli.GenericFlag{Name: "payload-hex", Value: payloadHex{p}, Usage: "payload as `HEX` digits"},
	}
}

func SizeFlag(dst *Size) cli.Flag {
	return &cli.GenericFlag{Name: "size", Aliases: []string{"s"}, Value: dst, Usage: "frame size in `BYTES` on the wire with FCS, 64 to 9216 (RFC 2544)", DefaultText: "as the content needs"}
}

func PromiscFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "promisc", Aliases: []string{"promiscuous"}, Destination: dst, Usage: "take frames for other hosts too, while running"}
}

func ForceFlag(dst *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "force", Destination: dst, Usage: usage}
}

func JSONFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "json", Destination: dst, Usage: "print one JSON object a line (see docs/reference/json.md)"}
}

func QuietFlag(dst *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Destination: dst, Usage: usage}
}

func VerboseFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Destination: dst, Usage: "say more about what is done"}
}

// When is when to colour what is printed.
type When string

// The values of --color.
const (
	Auto   When = "auto" // on a terminal, unless NO_COLOR says otherwise
	Always When = "always"
	Never  When = "never"
)

func ColorFlag(dst *When) cli.Flag {
	*dst = Auto
	return ChoiceFlag("color", dst, "`WHEN` to colour", Auto, Always, Never)
}

// ChoiceFlag takes one of a few words; the help lists them.
func ChoiceFlag[T ~string](name string, dst *T, usage string, of ...T) *cli.GenericFlag {
	v := OneOf(dst, of...)
	return &cli.GenericFlag{Name: name, Value: v, DefaultText: v.String(), Usage: usage + ": " + list(v.(Enumerated).Values(), "or")}
}

func VLANFlag(dst *VLANs) cli.Flag {
	return &cli.GenericFlag{Name: "vlan", Aliases: []string{"Q"}, Value: dst, Usage: "802.1Q tags `[PCP:]VID[,...]`, outer first; none: no tag"}
}

// Default says in a flag's help what holds where it is not given.
func Default(f *cli.GenericFlag, text string) *cli.GenericFlag {
	f.DefaultText = text
	return f
}
