//go:build !cgo

package sandbox

// threadsFolder is not needed: the runtime knows all threads.
const threadsFolder = ""
