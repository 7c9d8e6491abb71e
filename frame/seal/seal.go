// Package seal makes and checks the eight bytes by which eterm knows that a
// message or a mark is from somebody with the same key, and has no wrong bit.
//
// They are SipHash-2-4 (Aumasson, Bernstein, INDOCRYPT 2012) of what is sealed:
// made for short messages, keyed, and some 10 ns for a mark. Without a shared
// key the zero Key is used, which everybody has: the seal is a checksum then,
// and proves nothing.
package seal

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"math/bits"
)

// Size is the length of a seal in bytes.
const Size = 8

// Key is a SipHash key. The zero Key is no secret.
type Key struct{ k0, k1 uint64 }

// Shortest is the least number of bytes a secret has.
const Shortest = 16

// ErrShort is what New says of a secret that could be guessed.
var ErrShort = errors.New("the key is too short: want at least 16 bytes, such as those of \"head -c 32 /dev/urandom | base64\"")

// New makes a Key of a secret of at least 16 bytes, by SHA-256. Any text that
// both ends have will do.
func New(secret []byte) (Key, error) {
	if len(secret) < Shortest {
		return Key{}, ErrShort
	}
	h := sha256.Sum256(append([]byte("eterm key 1\x00"), secret...))
	return Raw([16]byte(h[:16])), nil
}

// Raw is the Key whose 16 bytes, little-endian as SipHash has them, are given.
func Raw(b [16]byte) Key {
	return Key{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}
}

// IsZero says whether this is the key that everybody has.
func (k Key) IsZero() bool { return k == Key{} }

// Sum is the seal of b as a number. It allocates nothing.
func (k Key) Sum(b []byte) uint64 {
	s := k.Start()
	n := len(b)
	for ; len(b) >= 8; b = b[8:] {
		s.Word(binary.LittleEndian.Uint64(b))
	}
	last := uint64(n) << 56
	for i, c := range b {
		last |= uint64(c) << (8 * i)
	}
	return s.end(last)
}

// Append appends the seal of b, big-endian.
func (k Key) Append(dst, b []byte) []byte { return binary.BigEndian.AppendUint64(dst, k.Sum(b)) }

// Valid says whether s is the seal of b, in a time that does not tell where a
// wrong one differs.
func (k Key) Valid(s, b []byte) bool {
	var want [Size]byte
	binary.BigEndian.PutUint64(want[:], k.Sum(b))
	return subtle.ConstantTimeCompare(s, want[:]) == 1
}

// State is a seal in the making, of whole words: what is the same for many
// seals is taken in once, and the State copied.
type State struct{ v0, v1, v2, v3 uint64 }

// Start begins a seal.
func (k Key) Start() State {
	return State{k.k0 ^ 0x736f6d6570736575, k.k1 ^ 0x646f72616e646f6d, k.k0 ^ 0x6c7967656e657261, k.k1 ^ 0x7465646279746573}
}

// Word takes in eight bytes.
func (s *State) Word(m uint64) {
	v0, v1, v2, v3 := s.v0, s.v1, s.v2, s.v3^m
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	s.v0, s.v1, s.v2, s.v3 = v0^m, v1, v2, v3
}

// End is the seal of the words taken in, which are n.
func (s State) End(n int) uint64 { return s.end(uint64(8*n) << 56) }

func (s State) end(last uint64) uint64 {
	v0, v1, v2, v3 := s.v0, s.v1, s.v2, s.v3^last
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v2 = v0^last, v2^0xff
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	v0, v1, v2, v3 = round(v0, v1, v2, v3)
	return v0 ^ v1 ^ v2 ^ v3
}

// round is SipRound. Its words are values, so that they stay in registers.
func round(v0, v1, v2, v3 uint64) (_, _, _, _ uint64) {
	v0 += v1
	v2 += v3
	v1 = bits.RotateLeft64(v1, 13) ^ v0
	v3 = bits.RotateLeft64(v3, 16) ^ v2
	v2 += v1
	v0 = bits.RotateLeft64(v0, 32) + v3
	v1 = bits.RotateLeft64(v1, 17) ^ v2
	v3 = bits.RotateLeft64(v3, 21) ^ v0
	return v0, v1, bits.RotateLeft64(v2, 32), v3
}
