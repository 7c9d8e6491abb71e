package main

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestNotationIsCompleted(t *testing.T) {
	old := os.Args // package cli looks there for the word being typed
	defer func() { os.Args = old }()
	for _, c := range []struct {
		typed string
		want  string
	}{
		{"build", "ipv4"},
		{"build eth dst=broadcast / vlan", "pcp="},
		{"build --format hex eth / icmp", "echo-request"},
		{"send eth / icmp redirect", "gateway="},
		{"send eth / icmp redirect /", "hex"},
		{"build --f", "--format"},
	} {
		var out, errs bytes.Buffer
		args := append(append([]string{"eterm"}, strings.Fields(c.typed)...), "--generate-bash-completion")
		os.Args = args
		if status := run(context.Background(), args, nil, &out, &errs); status != 0 || errs.Len() > 0 {
			t.Errorf("%s: status %d, %s", c.typed, status, &errs)
		}
		if !slices.Contains(strings.Split(out.String(), "\n"), c.want) {
			t.Errorf("%s: %s lacks %s", c.typed, &out, c.want)
		}
	}
}
