//go:build cgo

package sandbox

// threadsFolder is where package psx looks for the threads of a build with
// cgo, also once the file system is taken away. It holds their numbers.
const threadsFolder = "/proc/self/task"
