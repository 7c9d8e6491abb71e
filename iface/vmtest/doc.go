// Package vmtest tests eterm on the network cards and kernels that a virtual
// machine has. Its tests run in the guests that .ci/vm boots, where the cards ca
// and cb are joined by a hub, and are skipped everywhere else.
package vmtest
