// Package ipv4 reads and writes the IPv4 header (RFC 791) and computes the
// Internet checksum (RFC 1071) that ICMP, UDP and TCP share with it.
//
// Headers are plain values: Append writes one, Parse reads one, neither
// allocates. What follows from other fields (version, lengths, checksum) has
// no field in [Header] and so cannot be wrong when written. Whether a received
// header's checksum is right is a question of its own ([Valid]), because a
// packet with a bad one is still worth looking at.
package ipv4
