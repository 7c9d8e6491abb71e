// Command image writes a container image, from nothing but the files named, that
// docker load and podman load take: a tar of one layer, its configuration and a
// manifest. No daemon is needed, and the same files give the same bytes.
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	arch := flag.String("arch", "amd64", "the processors it is for")
	tag := flag.String("tag", "", "NAME:VERSION")
	created := flag.Int64("created", 0, "when, in seconds since 1970")
	out := flag.String("o", "", "the file to write")
	flag.Parse()
	if err := write(*out, *tag, *arch, time.Unix(*created, 0).UTC(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func write(out, tag, arch string, at time.Time, files []string) error {
	layer, err := pack(at, files)
	if err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": arch, "os": "linux", "created": at.Format(time.RFC3339),
		"config":  map[string]any{"Entrypoint": []string{"/eterm"}, "Labels": map[string]string{"org.opencontainers.image.licenses": "MIT"}},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{digest(layer)}},
		"history": []map[string]any{{"created": at.Format(time.RFC3339), "created_by": ".ci/package"}},
	})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%x.json", sha256.Sum256(config))
	manifest, err := json.Marshal([]map[string]any{{"Config": name, "RepoTags": []string{tag}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []struct {
		name string
		data []byte
	}{{name, config}, {"layer.tar", layer}, {"manifest.json", manifest}} {
		if err := add(w, f.name, 0o644, at, f.data); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// pack makes the layer: each file at the root by its own name.
func pack(at time.Time, files []string) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if err := add(w, filepath.Base(f), 0o755, at, data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil { // it writes the end, without which some tools refuse the layer
		return nil, err
	}
	return b.Bytes(), nil
}

func add(w *tar.Writer, name string, mode int64, at time.Time, data []byte) error {
	h := &tar.Header{Name: name, Mode: mode, Size: int64(len(data)), ModTime: at, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func digest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }
