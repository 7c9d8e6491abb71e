package result

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// Tool is the program that measured.
type Tool struct {
	// "eterm" or "eterm-fleet"
	Name string `json:"name"`
	// a release's tag, or the first 12 digits of the commit; with "-dirty" if the source was not what was committed
	Version string `json:"version"`
	// all digits of the commit; empty if it is not known
	Commit string `json:"commit"`
	// when it was made, RFC 3339; empty if it is not known
	CommitTime string `json:"commit_time"`
	// whether the source was not what was committed
	Dirty bool `json:"dirty"`
	// version of the toolchain
	Go string `json:"go"`
	// operating system and processor
	Platform string `json:"platform"`
}

// release is the version of a package's program, by the linker's -X; it says by
// itself if the source was not what was committed.
var release string

// ThisTool is this program, as the Go toolchain recorded its source.
func ThisTool() Tool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	t := toolOf(info)
	if release != "" {
		t.Version = release
	}
	t.Go, t.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	return t
}

// toolOf reads the record of a build.
func toolOf(info *debug.BuildInfo) Tool {
	t := Tool{Name: "eterm"}
	if i := strings.LastIndexByte(info.Path, '/'); i >= 0 && strings.HasPrefix(info.Path, "eterm/") {
		t.Name = info.Path[i+1:]
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			t.Commit = s.Value
		case "vcs.time":
			t.CommitTime = s.Value
		case "vcs.modified":
			t.Dirty = s.Value == "true"
		}
	}
	// The toolchain says "+dirty" where git describe says "-dirty".
	t.Version = strings.TrimSuffix(info.Main.Version, "+dirty")
	if t.Version == "" || t.Version == "(devel)" || strings.HasPrefix(t.Version, "v0.0.0-") {
		t.Version = t.Commit[:min(12, len(t.Commit))]
	}
	if t.Version == "" {
		t.Version = "unknown"
	}
	if t.Dirty {
		t.Version += "-dirty"
	}
	return t
}
