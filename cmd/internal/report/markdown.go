package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"eterm/cmd/internal/result"
)

// Markdown writes documents for an issue or a wiki: what a page has, without
// its drawings.
func Markdown(w io.Writer, docs []*result.Document) error {
	b := bufio.NewWriter(w)
	for n, d := range docs {
		if n > 0 {
			fmt.Fprint(b, "\n---\n\n")
		}
		Of(d).markdown(b)
	}
	return b.Flush()
}

func (v *View) markdown(w io.Writer) {
	fmt.Fprintf(w, "# %s: %s\n\n%s\n", md(v.Heading()), md(v.Word), md(v.Why))
	for _, m := range v.Marks {
		fmt.Fprintf(w, "\n%s\n", md(m))
	}
	fmt.Fprint(w, "\n## What was tested\n\n| | |\n|---|---|\n")
	for _, f := range v.Tested {
		fmt.Fprintf(w, "| %s | %s |\n", md(f.Name), md(f.Value))
	}
	fmt.Fprint(w, "\n## Can it be believed?\n\n| | | |\n|---|---|---|\n")
	for _, c := range v.Checks {
		fmt.Fprintf(w, "| %s | %s | %s |\n", c.Sign(), md(c.Name), md(c.Value))
	}
	if len(v.Tables) > 0 {
		fmt.Fprint(w, "\n## Numbers\n")
	}
	for _, t := range append(append([]Table{}, v.Tables...), v.Trials...) {
		t.markdown(w)
	}
	if len(v.Evidence) > 0 {
		fmt.Fprint(w, "\n## Evidence\n")
	}
	for _, e := range v.Evidence {
		fmt.Fprintf(w, "\n%s\n", md(e.Title))
		if e.Notation != "" {
			fmt.Fprintf(w, "\n    %s\n", strings.ReplaceAll(e.Notation, "\n", "\n    "))
		}
	}
}

func (t Table) markdown(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n", md(t.Title))
	row := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(w, "| %s ", md(c))
		}
		fmt.Fprint(w, "|\n")
	}
	row(t.Head)
	fmt.Fprint(w, strings.Repeat("|---", len(t.Head))+"|\n")
	for _, r := range t.Rows {
		row(r)
	}
	if t.Note != "" {
		fmt.Fprintf(w, "\n%s\n", md(t.Note))
	}
}

// mdEscape keeps text from being markup of Markdown or HTML, a mention or a
// link.
var mdEscape = strings.NewReplacer("\\", "\\\\", "|", "\\|", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "#", "\\#", "@", "&#64;", "!", "\\!", "~", "\\~", "://", "&#58;//", "\n", " ")

func md(s string) string { return mdEscape.Replace(s) }
