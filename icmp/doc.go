// Package icmp reads and writes ICMP messages of IPv4 (RFC 792): all types
// and codes of the IANA registry with their names, echo, timestamp, and the
// error messages with the packet they quote. ICMPv6, where the same numbers
// mean other things, is another package.
//
// A [Message] is a plain value: Append writes one, Parse reads one, neither
// allocates. The checksum has no field; whether a received one is right is a
// question of its own (ipv4.Valid over the whole message).
package icmp
