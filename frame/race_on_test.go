//go:build race

package frame

// raceEnabled: the race detector allocates where the program does not.
const raceEnabled = true
