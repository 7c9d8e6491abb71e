//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const boundingVariable = "ETERM_TEST_BOUNDING"

// The process that the test starts: it empties its bounding set while other
// goroutines have the runtime start threads all the time, and some end.
func init() {
	if os.Getenv(boundingVariable) == "" {
		return
	}
	release := make(chan struct{})
	var started, ended sync.WaitGroup
	for range 40 {
		started.Add(1)
		ended.Add(1)
		go func() {
			defer ended.Done()
			runtime.LockOSThread() // a thread of its own, which stays
			for i := range 20 {
				done := make(chan struct{})
				go func() {
					runtime.LockOSThread() // and never unlocked: its thread ends with it
					close(done)
				}()
				<-done
				if i == 5 {
					started.Done()
				}
			}
			<-release
		}()
	}
	started.Wait()
	err := dropBoundingAtOnce()
	ended.Add(1)
	go func() { // a thread that was started afterwards
		defer ended.Done()
		runtime.LockOSThread()
		<-release
	}()
	tasks, _ := filepath.Glob("/proc/self/task/*/status")
	full := 0
	for _, task := range tasks {
		status, readErr := os.ReadFile(task)
		if readErr == nil && !strings.Contains(string(status), "\nCapBnd:\t0000000000000000\n") {
			full++
		}
	}
	fmt.Printf("error %v, %d of %d threads have a bounding set, many %v\n", err, full, len(tasks), len(tasks) > 20)
	close(release)
	ended.Wait()
	os.Exit(0)
}

// TestBoundingSetOfEveryThreadInOneVisit: whatever threads begin and end
// meanwhile.
func TestBoundingSetOfEveryThreadInOneVisit(t *testing.T) {
	for range 10 {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), boundingVariable+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Skipf("no user namespaces here: %v", err)
		}
		if err := cmd.Wait(); err != nil || !strings.HasPrefix(out.String(), "error <nil>, 0 of ") || !strings.Contains(out.String(), "many true") {
			t.Fatalf("%v: %s", err, out.String())
		}
	}
}
