package main

import (
	"slices"
	"strconv"

	"eterm/frame"
	"eterm/frame/ether"
)

// forgiveCut takes back the faults of a frame that are none: it was whole on
// the wire, with length bytes, and only cut short when it was captured.
func forgiveCut(d *frame.Decoded, length int) {
	missing := length - len(d.Bytes)
	if missing <= 0 {
		return
	}
	d.Faults = slices.DeleteFunc(d.Faults, func(f frame.Fault) bool {
		got, gotErr := strconv.Atoi(f.Got)
		want, wantErr := strconv.Atoi(f.Want)
		switch f.Problem {
		case "runt":
			return length >= ether.MinFrame
		case "short header":
			return gotErr == nil && f.Offset+got == len(d.Bytes)
		case "length beyond the frame":
			return wantErr != nil || gotErr == nil && got <= want+missing
		}
		return false
	})
}
