package show

import "strings"

// helpColumn is where the text of a flag begins on a terminal that is too narrow
// for all flags beside their texts: few names are longer than this leaves.
const helpColumn = 28

// Help lays the help of a command out for a terminal: each flag's text in one
// narrow column, and the lines of a description as one paragraph. Where it fits,
// and out of a terminal, it stays as it is.
func Help(text string, width int) string {
	if width < leastColumns || widest(text) <= width {
		return text
	}
	var b strings.Builder
	var paragraph []string
	section := ""
	end := func() {
		if len(paragraph) > 0 {
			b.WriteString("   " + strings.Join(fold(strings.Join(paragraph, " "), width-3), "\n   ") + "\n")
		}
		paragraph = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n ")
		if line != "" && line[0] != ' ' {
			section = line
		}
		body := strings.TrimLeft(line, " ")
		if section == "DESCRIPTION:" && line != section && body != "" && !strings.Contains(body, "  ") {
			paragraph = append(paragraph, body)
			continue
		}
		end()
		if strings.HasPrefix(body, "-") {
			b.WriteString(helpFlag(body, width) + "\n")
			continue
		}
		b.WriteString(Fold(line, width) + "\n")
	}
	end()
	return b.String()
}

// helpFlag is a flag with its text in its column, which begins below a name that
// is too long for that.
func helpFlag(line string, width int) string {
	name, text, _ := strings.Cut(line, "  ")
	name = "   " + name
	indent := strings.Repeat(" ", helpColumn)
	lines := fold(strings.TrimLeft(text, " "), max(width-helpColumn, leastColumns/2))
	if gap := helpColumn - visible(name); gap >= 2 {
		name += strings.Repeat(" ", gap) + lines[0]
		lines = lines[1:]
	}
	for _, l := range lines {
		if l != "" {
			name += "\n" + indent + l
		}
	}
	return strings.TrimRight(name, " ")
}

// widest is the length of the longest line.
func widest(text string) (n int) {
	for line := range strings.Lines(text) {
		n = max(n, visible(strings.TrimRight(line, "\n")))
	}
	return n
}
