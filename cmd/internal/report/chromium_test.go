package report

import (
	"fmt"
	"testing"

	"eterm/cmd/internal/result"
)

// measure finds in a page what does not fit, what cannot be read for want of
// contrast (WCAG 2, 1.4.3), and what breaks the order of the tab key.
const measure = `(() => {
 const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
 const over = (top, under) => top.slice(0, 3).map((v, i) => v * top[3] + under[i] * (1 - top[3]));
 const light = c => { const l = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); }); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
 const dark = matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches;
 const ground = e => { const chain = []; for (; e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor)); return chain.reduce((under, c) => over(c, under), dark ? [18, 18, 18] : [255, 255, 255]); };
 const wrong = []; let texts = 0, least = 99;
 const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
 while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || ['SCRIPT', 'STYLE', 'TITLE', 'DESC', 'title', 'desc'].includes(e.tagName) || !e.checkVisibility()) continue;
  texts++;
  const style = getComputedStyle(e), back = ground(e);
  const ink = over(parse(e.closest('svg') ? style.fill : style.color), back);
  const a = light(ink), b = light(back), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  least = Math.min(least, ratio);
  if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(2) + ' of ' + walk.currentNode.data.trim().slice(0, 40));
 }
 const width = document.documentElement.clientWidth;
 if (document.documentElement.scrollWidth > width) wrong.push('overflow: ' + document.documentElement.scrollWidth + ' of ' + width);
 for (const e of document.querySelectorAll('body *')) {
  if (e.closest('.scroll') && !e.matches('.scroll') || !e.checkVisibility()) continue;
  const r = e.getBoundingClientRect();
  if (r.right > width + 1 || r.left < -1) wrong.push('overflow of ' + e.tagName + ' ' + e.className + ' to ' + r.right);
 }
 for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex !== 0) wrong.push('tabindex ' + e.tabIndex);
 for (const e of document.querySelectorAll('.scroll')) if (!e.getAttribute('aria-label')) wrong.push('a region without a name');
 for (const e of document.querySelectorAll('svg')) if (!e.querySelector('title').textContent || !e.querySelector('desc').textContent) wrong.push('a drawing without title or description');
 return {wrong: wrong.slice(0, 12), texts, least, scripts: window.ran === undefined ? 0 : 1};
})()`

type found struct {
	Wrong   []string
	Texts   int
	Least   float64
	Scripts int
}

// quiet says what a page asked for or complained of.
func (b *browser) quiet(what string, complaints int) {
	b.t.Helper()
	if n := len(b.take("Network.requestWillBeSent")); n != 1 {
		b.t.Errorf("%s: %d requests, want the page's own", what, n)
	}
	for _, event := range []string{"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"} {
		if got := b.take(event); len(got) > complaints {
			b.t.Errorf("%s: %s %s", what, event, got[0])
		}
	}
}

// Pages of every kind fit, can be read and ask for nothing, whatever the width,
// the colours and the medium, with scripts and without.
func TestPagesInABrowser(t *testing.T) {
	b := newBrowser(t)
	pages := map[string][]byte{"all": html(t, kept(t)...)}
	for _, d := range kept(t) {
		pages[string(d.Kind)] = html(t, d)
	}
	pages["day"] = html(t, longDay(t))
	pages["hostile"] = html(t, hostile(t)...)
	pages["compare"] = comparedPage(t)
	for name, page := range pages {
		for _, width := range []int{320, 800, 1440} {
			for _, look := range []struct{ media, colors string }{{"screen", "light"}, {"screen", "dark"}, {"print", "light"}, {"print", "dark"}} {
				what := fmt.Sprintf("%s-%d-%s-%s", name, width, look.media, look.colors)
				b.look(width, look.media, look.colors)
				b.call("Emulation.setScriptExecutionDisabled", params{"value": look.colors == "dark"}, nil)
				b.show(page)
				var f found
				b.evaluate(measure, &f)
				if len(f.Wrong) > 0 || f.Scripts > 0 || f.Texts < 20 {
					t.Errorf("%s: %d texts, least contrast %.2f, %d scripts ran: %q", what, f.Texts, f.Least, f.Scripts, f.Wrong)
				}
				b.quiet(what, 0)
				b.keep(what)
			}
		}
	}
}

// A server that forbids styles and scripts, as CI servers do for what they
// keep, leaves pages that can be read.
func TestPagesWithoutStyles(t *testing.T) {
	b := newBrowser(t)
	for _, d := range kept(t) {
		for _, colors := range []string{"light", "dark"} {
			what := fmt.Sprintf("%s-strict-%s", d.Kind, colors)
			b.look(1440, "screen", colors)
			b.show(html(t, d), "Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'self'")
			var f found
			b.evaluate(measure, &f)
			if len(f.Wrong) > 0 || f.Texts < 20 {
				t.Errorf("%s: %d texts, least contrast %.2f: %q", what, f.Texts, f.Least, f.Wrong)
			}
			// The one complaint is the refused style block.
			b.quiet(what, 1)
			b.keep(what)
		}
	}
}

// longDay is a document of a run of a day.
func longDay(t testing.TB) *result.Document {
	d := keptOf(t, result.KindLink)
	one := d.Intervals[0]
	d.Intervals = nil
	for i := range result.MaxIntervals {
		one.AtNS = int64(i) * 24e9
		one.DurationNS = 24e9
		d.Intervals = append(d.Intervals, one)
	}
	d.TookNS = 86400e9
	return again(t, d)
}
