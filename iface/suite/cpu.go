package suite

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// CPU is whose the processors were during a trial, as shares of their time.
type CPU struct {
	Own    float64 `json:"own"`    // this program's
	Others float64 `json:"others"` // other programs' own (user) time
	Steal  float64 `json:"steal"`  // the hypervisor's
}

// Usage is what processors have done so far, in seconds of all of them.
type Usage struct {
	user, steal, whole float64
	ownUser, own       float64
}

// tick is the unit of /proc/stat, USER_HZ: 100 a second on all of Linux's
// architectures but two that are gone.
const tick = 100

// UsageNow is that of this machine; all is 0 where it cannot be read.
func UsageNow() (s Usage) {
	var u syscall.Rusage
	b, err := os.ReadFile("/proc/stat")
	if err != nil || syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return s
	}
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	fields := bytes.Fields(line)
	for i, f := range fields {
		n, err := strconv.ParseFloat(string(f), 64)
		if err != nil || i > 8 { // guest time is in user time already
			continue
		}
		s.whole += n / tick
		switch i {
		case 1, 2:
			s.user += n / tick
		case 8:
			s.steal += n / tick
		}
	}
	s.ownUser = time.Duration(u.Utime.Nano()).Seconds()
	s.own = s.ownUser + time.Duration(u.Stime.Nano()).Seconds()
	return s
}

// since is whose the processors were since an earlier sample. In less than a
// fifth of a second the unit of what is counted says too little.
func (s Usage) since(before Usage) (c CPU) {
	whole := s.whole - before.whole
	if whole < 0.2 {
		return c
	}
	c.Own = (s.own - before.own) / whole
	c.Others = max(0, (s.user-before.user)-(s.ownUser-before.ownUser)) / whole
	c.Steal = (s.steal - before.steal) / whole
	return c
}
