// Package control is the controller: the message server with its folder, who
// may do what on it, the runs, and what came of them.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/eterm-fleet/internal/plan"
)

// user is what the controller keeps of somebody who was enrolled.
type user struct {
	Host    string    `json:"host"`
	Public  string    `json:"public"`
	Admin   bool      `json:"admin,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

// Where is how a controller can be reached, written into its folder for those
// who enroll.
type Where struct {
	URL string `json:"url"`
	TLS bool   `json:"tls"`
}

// adminHost is the name of who gives the orders.
const adminHost = "admin"

func usersDir(dir string) string  { return filepath.Join(dir, "users") }
func adminFile(dir string) string { return filepath.Join(dir, "admin.creds") }
func whereFile(dir string) string { return filepath.Join(dir, "where.json") }

// AdminCreds is the file that lets its reader give orders to the controller of
// a folder.
func AdminCreds(dir string) string { return adminFile(dir) }

// lock has only one controller work in a folder.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another controller works in %s: stop it, or give another --dir", dir)
	}
	return f, nil
}

// Enroll makes credentials for a host. The controller of the folder lets it in
// within two seconds; enrolling again makes the former credentials void. They
// are good for so long; 0 is for ever.
func Enroll(dir, host string, valid time.Duration) (creds.Creds, error) {
	if !plan.GoodLabel(host + ".x") {
		return creds.Creds{}, fmt.Errorf("host %q: want letters, digits, - and _", host)
	}
	if host == adminHost {
		return creds.Creds{}, fmt.Errorf("host %q is the name of the controller's own credentials: give another", host)
	}
	return enroll(dir, host, valid, false)
}

func enroll(dir, host string, valid time.Duration, admin bool) (c creds.Creds, err error) {
	var at Where
	b, err := os.ReadFile(whereFile(dir))
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if errors.Is(err, os.ErrNotExist) {
		return c, fmt.Errorf("no controller has worked in %s: start \"eterm fleet serve --dir %s\" first", dir, dir)
	}
	if err != nil {
		return c, err
	}
	ca := ""
	if at.TLS {
		a, err := creds.LoadAuthority(dir)
		if err != nil {
			return c, err
		}
		ca = a.PEM
	}
	u := user{Host: host, Admin: admin}
	if valid > 0 {
		u.Expires = time.Now().Add(valid).UTC().Truncate(time.Second)
	}
	c, u.Public, err = creds.New(host, at.URL, ca, u.Expires)
	if err != nil {
		return c, err
	}
	if b, err = json.Marshal(u); err != nil {
		return c, err
	}
	return c, replace(filepath.Join(usersDir(dir), host+".json"), b)
}

// replace writes a file at once or not at all.
func replace(name string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(name+"~", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+"~", name)
}

// users reads who was enrolled and has not expired.
func users(dir string, now time.Time) (all []user, err error) {
	entries, err := os.ReadDir(usersDir(dir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(usersDir(dir), e.Name()))
		if err != nil {
			return nil, err
		}
		var u user
		if err := json.Unmarshal(b, &u); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		if u.Expires.IsZero() || now.Before(u.Expires) {
			all = append(all, u)
		}
	}
	return all, nil
}

// nkeys are the users as the server knows them.
func nkeyUsers(all []user) (list []*server.NkeyUser) {
	for _, u := range all {
		n := &server.NkeyUser{Nkey: u.Public}
		if !u.Admin {
			n.Permissions = agentMay(u.Host)
		}
		list = append(list, n)
	}
	return list
}

// agentMay is what an agent's key is good for: its own results, its own ports,
// how it goes, and reading plans.
func agentMay(host string) *server.Permissions {
	return &server.Permissions{
		Publish: &server.SubjectPermission{Allow: []string{
			"eterm.result.*.*." + host + ".*", bus.LiveSubject(host), bus.TimeAsk,
			"$KV." + bus.Agents + "." + host + ".*",
			"$JS.API.INFO", "$JS.API.STREAM.INFO.KV_" + bus.Plans, "$JS.API.STREAM.INFO.KV_" + bus.Agents,
			"$JS.API.CONSUMER.CREATE.KV_" + bus.Plans + ".>", "$JS.API.CONSUMER.INFO.KV_" + bus.Plans + ".>", "$JS.API.CONSUMER.DELETE.KV_" + bus.Plans + ".>",
			"$JS.API.DIRECT.GET.KV_" + bus.Plans + ".>", "$JS.API.DIRECT.GET.KV_" + bus.Agents + ".$KV." + bus.Agents + "." + host + ".*",
			"$JS.FC.KV_" + bus.Plans + ".>",
		}},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX_" + host + ".>", "$SRV.>", "eterm.agent." + host + ".ask"}},
		Response:  &server.ResponsePermission{MaxMsgs: 16, Expires: time.Minute},
	}
}
