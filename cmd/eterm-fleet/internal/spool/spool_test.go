package spool

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSpoolSurvivesItsProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := Open(dir, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"r.a.1", "r.a.2", "r.b.1"} {
		if err := s.Put(subject, []byte("abc")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put("r.a.1", []byte("other")); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if s.Room(2) || !s.Room(1) {
		t.Error("room for 2 bytes, or none for 1")
	}
	if err := s.Put("r.b.2", []byte("xy")); !errors.Is(err, ErrFull) || s.Room(1) {
		t.Errorf("a full spool: %v", err)
	}
	if b, err := s.Get("r.b.2"); string(b) != "xy" || err != nil || s.Len() != 4 {
		t.Errorf("what found no room: %q, %v", b, err)
	}
	// A process that was killed in the middle of a Put.
	if err := os.WriteFile(filepath.Join(dir, ".r.c.1"), []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, 10); err != nil {
		t.Fatal(err)
	}
	got := s.Subjects()
	slices.Sort(got)
	if !slices.Equal(got, []string{"r.a.1", "r.a.2", "r.b.1"}) {
		t.Errorf("after a restart: %v", got)
	}
	if b, err := s.Get("r.a.1"); string(b) != "abc" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if err := s.Drop("r.a."); err != nil || s.Len() != 1 || !s.Room(7) || s.Room(8) {
		t.Errorf("after dropping: %v, %v", s.Subjects(), err)
	}
}

func TestSpoolRefusesNames(t *testing.T) {
	s, err := Open(t.TempDir(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"", ".x", "../x", "a/b", "a\x00"} {
		if s.Put(subject, nil) == nil {
			t.Errorf("%q is taken", subject)
		}
	}
}

// TestRetry: what found no room is kept in memory, and written when there is.
func TestRetry(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 5)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("later")
	if err := s.Put("r.a.1", []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if err := s.Put("r.b.1", body); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	copy(body, "-----") // the spool has its own
	s.Retry()
	if _, err := os.Stat(filepath.Join(dir, "r.b.1")); err == nil {
		t.Error("written beyond the bound")
	}
	if err := s.Drop("r.a."); err != nil {
		t.Fatal(err)
	}
	s.Retry()
	if b, err := os.ReadFile(filepath.Join(dir, "r.b.1")); string(b) != "later" || err != nil || s.Len() != 1 || s.Bytes() != 5 {
		t.Errorf("%q, %v, %d results of %d bytes", b, err, s.Len(), s.Bytes())
	}
}
