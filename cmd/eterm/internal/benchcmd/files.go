package benchcmd

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/iface/suite"
)

// readExpectations reads the limits of a YAML file: names of figures in groups
// or with dots, each with a limit.
func readExpectations(path string) (map[string]string, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	if len(source) > 1<<20 {
		return nil, exit.Usage("%s: longer than a megabyte", path)
	}
	if parsed, err := parser.ParseBytes(source, 0); err == nil && len(parsed.Docs) > 0 && parsed.Docs[0].Body != nil && aliasIn(parsed.Docs[0].Body) != nil {
		return nil, exit.Usage("%s: anchors and aliases are not read: write it out", path)
	}
	var tree map[string]any
	if err := yaml.UnmarshalWithOptions(source, &tree, yaml.Strict()); err != nil {
		return nil, exit.Usage("%s: %s", path, strings.ReplaceAll(yaml.FormatError(err, false, false), "\n", " "))
	}
	flat, err := expectationsOf(tree)
	if err != nil {
		return nil, exit.Usage("%s: %w", path, err)
	}
	return flat, nil
}

// expectationsOf are those of a file or of a part of one.
func expectationsOf(tree map[string]any) (map[string]string, error) {
	flat := map[string]string{}
	if err := flatten("", tree, flat, 0); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		if _, err := suite.ParseExpectation(name, flat[name]); err != nil {
			return nil, err
		}
	}
	return flat, nil
}

// flatten joins the names of nested groups by dots.
func flatten(prefix string, tree map[string]any, to map[string]string, depth int) error {
	if depth > 3 {
		return errors.New("groups are nested deeper than test, size and figure")
	}
	for name, v := range tree {
		if prefix != "" {
			name = prefix + "." + name
		}
		switch v := v.(type) {
		case map[string]any:
			if err := flatten(name, v, to, depth+1); err != nil {
				return err
			}
		case string:
			to[name] = v
		default:
			return fmt.Errorf("%s: want a limit such as \">= 98%%\", not %v", name, v)
		}
	}
	return nil
}

// readCalibration reads what the tester can do from the result of bench
// calibrate, and refuses that of another tester.
func readCalibration(c *cli.Context, path string, ports describedPorts) (*suite.Calibration, error) {
	if path == "" {
		return nil, nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "result.json")
	}
	docs, err := result.Open(path)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	for _, d := range docs {
		found, ok := d.Result.(*suite.Result)
		if !ok || found.Suite != suite.CalibrateTest {
			continue
		}
		host := map[string]string{"kernel": d.Host.Kernel, "processor": d.Host.CPU}
		for _, p := range d.Ports {
			host["driver of "+p.Role] = p.Driver
		}
		calibration := suite.CalibrationOf(*found, host, d.Started.Format("2006-01-02"))
		now := result.ThisHost()
		if how := calibration.Differs(map[string]string{"kernel": now.Kernel, "processor": now.CPU, "driver of send": ports.tx.Driver, "driver of receive": ports.rx.Driver}); how != "" {
			return nil, exit.Usage("%s was made by another tester: %s", path, how)
		}
		return &calibration, nil
	}
	return nil, exit.Usage("%s holds no calibration: eterm bench calibrate makes one", path)
}
