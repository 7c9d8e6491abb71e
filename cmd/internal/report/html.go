package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"eterm/cmd/internal/result"
)

//go:embed page.tmpl
var pageText string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("").Parse(pageText))

// page is what the template takes.
type page struct {
	Title      string
	CSS        template.CSS
	Comparison *Summary
	Views      []pageView
	Data       template.HTML
}

// pageView is a view with what only a page shows.
type pageView struct {
	*View
	Raw       string
	Shortened bool
}

// maxRaw bounds the JSON that a page shows; longer documents are shown without
// what is long in them.
const maxRaw = 48 << 10

// HTML writes documents as one page. It runs no script, loads nothing, and can
// be read again as the documents it was made of.
func HTML(w io.Writer, docs []*result.Document) error { return writePage(w, docs, nil) }

// writePage writes documents, and what a comparison found of them before all.
func writePage(w io.Writer, docs []*result.Document, c *Summary) error {
	data, err := result.DataBlock(docs)
	if err != nil {
		return err
	}
	p := page{CSS: template.CSS(pageCSS), Data: template.HTML(data), Comparison: c}
	for _, d := range docs {
		v := pageView{View: Of(d)}
		v.Raw, v.Shortened = shownJSON(d)
		p.Views = append(p.Views, v)
	}
	p.Title = fmt.Sprintf("%d results of eterm", len(docs))
	switch {
	case c != nil:
		p.Title = c.Title
	case len(docs) == 1:
		p.Title = p.Views[0].Heading() + ": " + p.Views[0].Word
	}
	p.number()
	return pageTemplate.ExecuteTemplate(w, "page", p)
}

// number gives each figure an ID of its own.
func (p *page) number() {
	n := 0
	name := func(f *Figure) {
		n++
		f.ID = fmt.Sprintf("f%d", n)
	}
	if p.Comparison != nil {
		for _, f := range p.Comparison.Figures {
			name(f)
		}
	}
	for _, v := range p.Views {
		if v.Wiring != nil {
			name(v.Wiring)
		}
		for _, f := range v.Figures {
			name(f)
		}
	}
}

// headings are what kinds of documents are called.
var headings = map[result.Kind]string{
	result.KindLink: "Link test", result.KindSwitchCheck: "Switch test", result.KindSwitchMACs: "Address table of a switch",
	result.KindSwitchOutage: "Outages of a switch", result.KindPing: "Echo", result.KindARP: "Who has which address", result.KindScan: "Scan",
	result.KindSend: "Frames sent", result.KindBench: "Benchmark", result.KindFleet: "Link tests between many ports",
}

// Heading names a document.
func (v *View) Heading() string {
	text := or(headings[v.Doc.Kind], clean(string(v.Doc.Kind)))
	for n, p := range v.Doc.Ports[:min(2, len(v.Doc.Ports))] {
		text += []string{", ", " to "}[n] + clean(p.Name)
	}
	return text
}

// Sign is the state of a check as one character.
func (c Check) Sign() string {
	return map[CheckState]string{Sound: "✓", Doubtful: "✗"}[c.State] + map[bool]string{true: "?"}[c.State != Sound && c.State != Doubtful]
}

// shownJSON is a document as it is shown: indented, and shortened if it is
// long.
func shownJSON(d *result.Document) (text string, shortened bool) {
	if b, ok := indented(d.Source()); ok {
		return b, false
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(d.Source()))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return "", true
	}
	for most := 100; most > 0; most /= 4 {
		v = shorter(v, most)
		b, err := json.Marshal(v)
		if err != nil {
			return "", true
		}
		if text, ok := indented(b); ok {
			return text, true
		}
	}
	return "", true
}

func indented(b []byte) (string, bool) {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", " "); err != nil || out.Len() > maxRaw {
		return "", false
	}
	return visible(out.String()), true
}

// visible writes what turns or hides text in JSON as its escape there.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) && !unicode.Is(unicode.M, r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.String()
}

// shorter leaves the rest of long lists and texts out, and says so.
func shorter(v any, most int) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = shorter(v[k], most)
		}
	case []any:
		if len(v) > most {
			v = append(v[:most:most], fmt.Sprintf("… %d more", len(v)-most))
		}
		for i := range v {
			v[i] = shorter(v[i], most)
		}
		return v
	case string:
		if r := []rune(v); len(r) > 20*most {
			return string(r[:20*most]) + "…"
		}
	}
	return v
}
