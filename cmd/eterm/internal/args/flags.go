package args

import "github.com/urfave/cli/v2"

// The flags that mean the same in every command that has them. Each stores
// into the place it is given.

// InterfaceFlag names the interface that a command is about.
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

// CountFlag is how many: of what, usage says.
func CountFlag(dst *Count, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "count", Aliases: []string{"c"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

// DurationFlag is when a run ends.
func DurationFlag(dst *Duration) cli.Flag {
	return &cli.GenericFlag{Name: "duration", Aliases: []string{"d"}, Value: dst, DefaultText: "until stopped", Usage: "stop after `TIME`, such as 10 or 1m30s"}
}

// IntervalFlag is the time from one frame to the next.
func IntervalFlag(dst *Duration) cli.Flag {
	return &cli.GenericFlag{Name: "interval", Value: dst, DefaultText: dst.String(), Usage: "send every `TIME`, such as 0.2 or 200ms"}
}

// TimeoutFlag is how long something is awaited.
func TimeoutFlag(dst *Duration, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "timeout", Aliases: []string{"W"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

// DrainFlag is how long frames are awaited that are still on their way when
// the last one was sent.
func DrainFlag(dst *Duration, defaultText, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "drain", Value: dst, DefaultText: defaultText, Usage: usage}
}

// ToFlag is the destination address of frames.
func ToFlag(dst *MAC) cli.Flag {
	return &cli.GenericFlag{Name: "to", Value: dst, DefaultText: dst.text, Usage: "destination `MAC`, in any usual spelling, or broadcast, own, random"}
}

// FromFlag is the source address of frames.
func FromFlag(dst *MAC) cli.Flag {
	return &cli.GenericFlag{Name: "from", Value: dst, DefaultText: dst.text, Usage: "source `MAC`, in any usual spelling, or own, random"}
}

// EtherTypeFlag is an EtherType.
func EtherTypeFlag(dst *EtherType, usage string) cli.Flag {
	return &cli.GenericFlag{Name: "ethertype", Aliases: []string{"t"}, Value: dst, DefaultText: dst.String(), Usage: usage}
}

// PayloadFlags are the payload, as text or hex.
func PayloadFlags(p *Payload) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "payload", Value: payloadText{p}, Usage: "payload as `TEXT`", DefaultText: "bytes 00 01 .. 0f"},
		&cli.GenericFlag{Name: "payload-hex", Value: payloadHex{p}, Usage: "payload as `HEX` digits"},
	}
}

// SizeFlag is the length of frames, in bytes on the wire with FCS.
func SizeFlag(dst *Size) cli.Flag {
	return &cli.GenericFlag{Name: "size", Aliases: []string{"s"}, Value: dst, Usage: "frame size in `BYTES` on the wire with FCS, 64 to 9216 (RFC 2544)", DefaultText: "as the content needs"}
}

// PromiscFlag has the interface take frames for other hosts too.
func PromiscFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "promisc", Aliases: []string{"promiscuous"}, Destination: dst, Usage: "take frames for other hosts too, while running"}
}

// ForceFlag does what is refused without; usage says what.
func ForceFlag(dst *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "force", Destination: dst, Usage: usage}
}

// JSONFlag prints JSON in place of text.
func JSONFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "json", Destination: dst, Usage: "print one JSON object a line (see docs/reference/json.md)"}
}

// QuietFlag leaves out what usage says.
func QuietFlag(dst *bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Destination: dst, Usage: usage}
}

// WatchFlag shows a run on the whole terminal while it lasts. Who has the flag gets
// a screen by it: its value is looked up by its name.
func WatchFlag() cli.Flag {
	return &cli.BoolFlag{Name: "watch", Usage: "show rates, losses, delays and outages on the whole terminal while it runs; q ends it, with its result"}
}

// VerboseFlag says more on standard error.
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

// ColorFlag says when what is printed has colour; it sets dst to Auto.
func ColorFlag(dst *When) cli.Flag {
	*dst = Auto
	return ChoiceFlag("color", dst, "`WHEN` to colour", Auto, Always, Never)
}

// ChoiceFlag takes one of a few words; the help lists them.
func ChoiceFlag[T ~string](name string, dst *T, usage string, of ...T) *cli.GenericFlag {
	v := OneOf(dst, of...)
	return &cli.GenericFlag{Name: name, Value: v, DefaultText: v.String(), Usage: usage + ": " + list(v.(Enumerated).Values(), "or")}
}

// VLANFlag are the tags of frames.
func VLANFlag(dst *VLANs) cli.Flag {
	return &cli.GenericFlag{Name: "vlan", Aliases: []string{"Q"}, Value: dst, Usage: "802.1Q tags `[PCP:]VID[,...]`, outer first; none: no tag"}
}

// Default says in a flag's help what holds where it is not given.
func Default(f *cli.GenericFlag, text string) *cli.GenericFlag {
	f.DefaultText = text
	return f
}
