// Package creds is what a machine needs to take part in a fleet: where the
// controller is, the key that says who it is, and the authority that the
// controller's certificate must be of. It all goes in one file, for one host.
package creds

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// Creds are the contents of a credentials file.
type Creds struct {
	Host string `json:"host"`
	URL  string `json:"url"`
	Seed string `json:"seed,omitempty"` // an nkey; secret
	// CA is the controller's own authority as PEM; empty without TLS.
	CA      string    `json:"ca,omitempty"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// New draws a key for a host; public is the half that the controller keeps.
func New(host, url, ca string, expires time.Time) (c Creds, public string, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return c, "", err
	}
	seed, err := pair.Seed()
	if err != nil {
		return c, "", err
	}
	public, err = pair.PublicKey()
	return Creds{Host: host, URL: url, Seed: string(seed), CA: ca, Expires: expires}, public, err
}

// Encode is the credentials as a file.
func (c Creds) Encode() ([]byte, error) {
	b, err := json.MarshalIndent(c, "", "  ")
	return append(b, '\n'), err
}

// Read reads a file that only its owner may read.
func Read(name string) (c Creds, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return c, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return c, fmt.Errorf("%s can be read by others: chmod 600 %s, it holds a secret", name, name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%s is no file of \"eterm fleet enroll\": %w", name, err)
	}
	if c.URL == "" {
		return c, fmt.Errorf("%s names no controller: make it with \"eterm fleet enroll\"", name)
	}
	return c, nil
}

// ErrExpired means: the credentials are too old.
var ErrExpired = errors.New("the credentials have expired: enroll this host again")

// Options are those of a connection that is made again whenever it breaks.
func (c Creds) Options(name string) ([]nats.Option, error) {
	if !c.Expires.IsZero() && time.Now().After(c.Expires) {
		return nil, fmt.Errorf("%s: %w", c.Expires.Format(time.DateOnly), ErrExpired)
	}
	o := []nats.Option{nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(500*time.Millisecond, time.Second), nats.CustomInboxPrefix("_INBOX_" + name),
		// What breaks is made again; without a handler, it would be printed.
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})}
	if c.Seed != "" {
		pair, err := nkeys.FromSeed([]byte(c.Seed))
		if err != nil {
			return nil, fmt.Errorf("the key in the credentials is none: %w", err)
		}
		public, err := pair.PublicKey()
		if err != nil {
			return nil, err
		}
		o = append(o, nats.Nkey(public, pair.Sign))
	}
	if c.CA != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(c.CA)) {
			return nil, errors.New("the authority in the credentials is no certificate")
		}
		o = append(o, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}))
	}
	return o, nil
}

// Connect connects once, so that wrong credentials are told at once; after that
// the connection is made again whenever it breaks.
func (c Creds) Connect(name string, more ...nats.Option) (*nats.Conn, error) {
	o, err := c.Options(name)
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect(c.URL, append(o, more...)...)
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return nil, fmt.Errorf("the controller at %s does not know these credentials, or they have expired: enroll this host again", c.URL)
	case err != nil:
		return nil, fmt.Errorf("controller at %s: %w", c.URL, err)
	}
	return nc, nil
}
