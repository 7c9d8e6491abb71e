// Package frame knows whole Ethernet frames: it builds them, takes them apart,
// says what is wrong with them, and writes them as text that builds the same
// bytes again.
//
// The text is the notation (docs/reference/notation.md). One table of all layers and
// their fields serves everything that reads or writes it: [Parse], the
// notation, tree and JSON of a [Decoded], [Set], completion and the
// documentation. The package knows no sockets and no clock; frames are without
// FCS.
package frame
