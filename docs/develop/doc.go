// Package develop is the developers' part of the documentation. Its tests hold
// what architecture.md says against the code.
package develop
