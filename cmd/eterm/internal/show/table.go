package show

import (
	"strings"
	"unicode/utf8"
)

// Table prints rows in columns. Where they do not fit the terminal, cells fold
// into several lines; where not even that makes room, each row becomes a
// paragraph: its first cell, and below it the others with their heads. Out of a
// terminal nothing folds, so that a line is a row.
type Table struct {
	Heads []string
	Rows  [][]string
	// Color is what is written before and after a cell of the first column; it
	// may be nil.
	Color func(cell string) (before, after string)

	widths    []int
	paragraph bool
}

const (
	between   = "  " // columns
	leastText = 14   // no text is folded into a narrower column than this
	leastFold = 21   // words up to this long, such as addresses, are never broken in a column
)

// Print prints head and rows.
func (t *Table) Print(o *Output) error {
	t.fit(o.columns())
	if err := t.head(o); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := t.Row(o, row...); err != nil {
			return err
		}
	}
	return nil
}

// Begin prints the head of a table whose rows come one by one. Rows are then
// examples that show how wide columns are; the last column takes what is left.
func (t *Table) Begin(o *Output) error {
	t.fit(o.columns())
	if last := len(t.widths) - 1; !t.paragraph {
		t.widths[last] += o.columns() - len(between)*last - sum(t.widths)
	}
	return t.head(o)
}

func (t *Table) head(o *Output) error {
	if t.paragraph {
		return nil
	}
	return t.Row(o, t.Heads...)
}

// fit finds the columns' widths for a terminal.
func (t *Table) fit(columns int) {
	natural, least := make([]int, len(t.Heads)), make([]int, len(t.Heads))
	rows := append([][]string{t.Heads}, t.Rows...)
	for i := range t.Heads {
		for _, row := range rows {
			natural[i] = max(natural[i], utf8.RuneCountInString(row[i]))
			for _, word := range foldable(row[i]) {
				least[i] = max(least[i], min(utf8.RuneCountInString(strings.TrimSpace(word)), max(leastFold, len(t.Heads[i]))))
			}
		}
	}
	room := columns - len(between)*(len(t.Heads)-1)
	for i := range least {
		least[i] = max(least[i], min(natural[i], leastText))
	}
	t.widths = natural
	for sum(t.widths) > room {
		widest := -1
		for i, w := range t.widths {
			if w > least[i] && (widest < 0 || w >= t.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			t.paragraph = true
			return
		}
		t.widths[widest]--
	}
	t.paragraph = false
}

func sum(widths []int) (all int) {
	for _, w := range widths {
		all += w
	}
	return all
}

// Row prints one row.
func (t *Table) Row(o *Output, cells ...string) error {
	if t.paragraph {
		return t.block(o, cells)
	}
	folded := make([][]string, len(cells))
	lines := 1
	for i, cell := range cells {
		folded[i] = fold(Text(cell), t.widths[i])
		lines = max(lines, len(folded[i]))
	}
	var b strings.Builder
	for n := range lines {
		line := ""
		for i := range cells {
			text := ""
			if n < len(folded[i]) {
				text = folded[i][n]
			}
			if i < len(cells)-1 {
				text += strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(text)) + between
			}
			if i == 0 {
				text = t.colored(text)
			}
			line += text
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := o.Write([]byte(b.String()))
	return err
}

// colored is a padded cell of the first column.
func (t *Table) colored(cell string) string {
	if t.Color == nil {
		return cell
	}
	word := strings.TrimRight(cell, " ")
	before, after := t.Color(word)
	return before + word + after + cell[len(word):]
}

// block prints one row as a paragraph.
func (t *Table) block(o *Output, cells []string) error {
	const indent = "    "
	text, rest := t.colored(Text(cells[0])), cells[1:]
	if t.Heads[0] == "" { // it only says how the next is to be taken
		text, rest = text+" "+Text(cells[1]), cells[2:]
	}
	text += "\n"
	items := ""
	for i, cell := range rest {
		if cell == "" || cell == "-" {
			continue
		}
		if items != "" {
			items += "; "
		}
		items += strings.ToLower(t.Heads[i+len(cells)-len(rest)]) + " " + Text(cell)
	}
	for _, line := range fold(items, o.columns()-len(indent)) {
		text += indent + line + "\n"
	}
	_, err := o.Write([]byte(text))
	return err
}
