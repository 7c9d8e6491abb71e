//go:build !amd64 && !arm64

package sandbox

// dropBoundingAtOnce needs a handler in this machine's language.
func dropBoundingAtOnce() error { return errUnsupported }
