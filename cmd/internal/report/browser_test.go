package report

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browser is a headless Chromium without any network, spoken to over its pipes
// in the DevTools protocol.
type browser struct {
	t       *testing.T
	in      *os.File
	session string

	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	events  map[string][]json.RawMessage
	gone    chan struct{}
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// newBrowser starts one, and skips the test where there is none.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here")
	}
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET, Setpgid: true,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("chromium does not start in a namespace of its own: %v", err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &browser{t: t, in: in, waiting: map[int]chan message{}, events: map[string][]json.RawMessage{}, gone: make(chan struct{})}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its own group
		_ = cmd.Wait()
		<-b.gone
	})
	go b.read(out)
	b.attach()
	return b
}

// read takes what the browser says until it is gone.
func (b *browser) read(out *os.File) {
	defer close(b.gone)
	defer out.Close()
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if json.Unmarshal(line[:len(line)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if wait := b.waiting[m.ID]; m.ID > 0 && wait != nil {
			wait <- m.message
			delete(b.waiting, m.ID)
		} else if m.Method != "" {
			b.events[m.Method] = append(b.events[m.Method], m.Params)
		}
		b.mu.Unlock()
	}
}

// call asks the browser and reads its answer into result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	answer := make(chan message, 1)
	b.mu.Lock()
	b.next++
	m := message{ID: b.next, Method: method, SessionID: b.session, Params: params}
	b.waiting[m.ID] = answer
	b.mu.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	select {
	case got := <-answer:
		if got.Error != nil {
			b.t.Fatalf("%s: %s", method, got.Error)
		}
		if result != nil {
			if err := json.Unmarshal(got.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-b.gone:
		b.t.Fatal("chromium ended")
	case <-time.After(time.Minute):
		b.t.Fatalf("%s: no answer in a minute", method)
	}
}

type params = map[string]any

// attach opens a page.
func (b *browser) attach() {
	var target struct{ TargetID string }
	b.call("Target.createTarget", params{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", params{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page.enable", "Network.enable", "Log.enable", "Runtime.enable"} {
		b.call(domain, nil, nil)
	}
}

// take removes and returns what was said of an event.
func (b *browser) take(event string) []json.RawMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.events[event]
	delete(b.events, event)
	return got
}

// await waits for an event.
func (b *browser) await(event string) json.RawMessage {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if got := b.take(event); len(got) > 0 {
			return got[0]
		}
	}
	b.t.Fatalf("%s did not happen in a minute", event)
	return nil
}

// show loads a page as a server would send it with these headers.
func (b *browser) show(page []byte, headers ...string) {
	b.t.Helper()
	for _, event := range []string{"Network.requestWillBeSent", "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.loadEventFired", "Fetch.requestPaused"} {
		b.take(event)
	}
	b.call("Fetch.enable", params{"patterns": []any{params{"urlPattern": "*"}}}, nil)
	list := []any{params{"name": "Content-Type", "value": "text/html; charset=utf-8"}}
	for i := 0; i+1 < len(headers); i += 2 {
		list = append(list, params{"name": headers[i], "value": headers[i+1]})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.call("Page.navigate", params{"url": "https://report.test/"}, nil)
	}()
	var paused struct{ RequestID string }
	if err := json.Unmarshal(b.await("Fetch.requestPaused"), &paused); err != nil {
		b.t.Fatal(err)
	}
	b.call("Fetch.fulfillRequest", params{"requestId": paused.RequestID, "responseCode": 200, "responseHeaders": list, "body": base64.StdEncoding.EncodeToString(page)}, nil)
	<-done
	b.await("Page.loadEventFired")
}

// evaluate runs an expression in the page and reads its value.
func (b *browser) evaluate(expression string, value any) {
	b.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", params{"expression": expression, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("in the page: %s", got.ExceptionDetails)
	}
	if err := json.Unmarshal(got.Result.Value, value); err != nil {
		b.t.Fatalf("%s: %v", got.Result.Value, err)
	}
}

// look sets the width, the medium and the colours of what is shown next.
func (b *browser) look(width int, media, colors string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", params{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", params{"media": media, "features": []any{params{"name": "prefers-color-scheme", "value": colors}}}, nil)
}

// keep writes a picture of the whole page where ETERM_KEEP_PAGES says.
func (b *browser) keep(name string) {
	dir := os.Getenv("ETERM_KEEP_PAGES")
	if dir == "" {
		return
	}
	var size struct{ W, H int }
	b.evaluate("({w: document.documentElement.clientWidth, h: document.documentElement.scrollHeight})", &size)
	var shot struct{ Data []byte }
	b.call("Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": true, "clip": params{"x": 0, "y": 0, "width": size.W, "height": min(size.H, 6000), "scale": 1}}, &shot)
	if err := os.WriteFile(fmt.Sprintf("%s/%s.png", dir, name), shot.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
