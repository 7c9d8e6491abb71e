package iface

// Counters is the account of one Port. Always:
//
//	Attempted = Accepted + Refused.Total()
//	Seen      = Delivered + Queued() + SocketDropped
type Counters struct {
	Attempted uint64  `json:"attempted"` // frames Send tried; those after a refused one were not tried
	Accepted  uint64  `json:"accepted"`  // frames the kernel took
	Refused   Refused `json:"refused"`
	// Retried frames were offered to the kernel a second time, within one
	// Send, because it tells why it refused a frame only if that was the first
	// of a batch. A queue on the way counts them twice, the sums above once.
	Retried uint64 `json:"retried"`

	Seen          uint64 `json:"seen"`           // frames the kernel had for this port
	Delivered     uint64 `json:"delivered"`      // frames handed out by Receive
	SocketDropped uint64 `json:"socket_dropped"` // frames the kernel had for this port and no room
	RingFreezes   uint64 `json:"ring_freezes"`
	Truncated     uint64 `json:"truncated"` // delivered, but cut short

	// What the interface itself counted since Open, for all its users.
	Interface InterfaceCounters `json:"interface"`
	// CarrierChanges counts losses and returns of the carrier since Open,
	// CarrierLost the losses alone. NoCarrier says that there is none now.
	CarrierChanges uint64 `json:"carrier_changes"`
	CarrierLost    uint64 `json:"carrier_lost,omitempty"`
	NoCarrier      bool   `json:"no_carrier,omitempty"`
	// Downs counts how often the interface went down; Gone says that it was
	// removed, for ever.
	Downs uint64 `json:"downs,omitempty"`
	Gone  bool   `json:"gone,omitempty"`
}

// Queued is how many frames wait in the socket: none after Receive has returned
// os.ErrDeadlineExceeded or ErrGone, if no frame came since.
func (c Counters) Queued() uint64 { return minus(c.Seen, c.Delivered+c.SocketDropped) }

// HostDropped is how many frames reached this host and found no room in it: in
// the socket, or in the NIC before that. The NIC's belong to all its users, so
// it may be more than this port's own loss; see Counters.DroppedOf.
func (c Counters) HostDropped() uint64 { return c.SocketDropped + c.Interface.NICDropped() }

// DroppedOf is how many of so many lost frames this host may have dropped:
// never more than were lost, whatever the NIC says that it missed.
func (c Counters) DroppedOf(lost uint64) uint64 { return min(lost, c.HostDropped()) }

// Sub is what was counted since an earlier reading of the same port. What is a
// state and no count (NoCarrier, Gone) is the later reading's.
func (c Counters) Sub(before Counters) Counters {
	return Counters{
		Attempted:      minus(c.Attempted, before.Attempted),
		Accepted:       minus(c.Accepted, before.Accepted),
		Refused:        c.Refused.sub(before.Refused),
		Retried:        minus(c.Retried, before.Retried),
		Seen:           minus(c.Seen, before.Seen),
		Delivered:      minus(c.Delivered, before.Delivered),
		SocketDropped:  minus(c.SocketDropped, before.SocketDropped),
		RingFreezes:    minus(c.RingFreezes, before.RingFreezes),
		Truncated:      minus(c.Truncated, before.Truncated),
		Interface:      c.Interface.sub(before.Interface),
		CarrierChanges: minus(c.CarrierChanges, before.CarrierChanges),
		CarrierLost:    minus(c.CarrierLost, before.CarrierLost),
		NoCarrier:      c.NoCarrier,
		Downs:          minus(c.Downs, before.Downs),
		Gone:           c.Gone,
	}
}

// minus is a - b, but never below 0: a difference of counters is a count.
func minus(a, b uint64) uint64 { return a - min(a, b) }

// Refused counts frames the kernel did not take, by reason.
type Refused struct {
	QueueFull  uint64 `json:"queue_full"`  // ENOBUFS
	WouldBlock uint64 `json:"would_block"` // EAGAIN
	TooLong    uint64 `json:"too_long"`    // EMSGSIZE
	TooShort   uint64 `json:"too_short"`   // EINVAL, below 14 bytes
	Down       uint64 `json:"down"`        // ENETDOWN
	Gone       uint64 `json:"gone"`        // ENXIO, ENODEV
	Other      uint64 `json:"other"`
}

// Total is the sum of all reasons.
func (r Refused) Total() uint64 {
	return r.QueueFull + r.WouldBlock + r.TooLong + r.TooShort + r.Down + r.Gone + r.Other
}

// Add is the sum of both, reason by reason.
func (r Refused) Add(o Refused) Refused {
	return Refused{
		QueueFull: r.QueueFull + o.QueueFull, WouldBlock: r.WouldBlock + o.WouldBlock,
		TooLong: r.TooLong + o.TooLong, TooShort: r.TooShort + o.TooShort,
		Down: r.Down + o.Down, Gone: r.Gone + o.Gone, Other: r.Other + o.Other,
	}
}

func (r Refused) sub(o Refused) Refused {
	return Refused{
		QueueFull: minus(r.QueueFull, o.QueueFull), WouldBlock: minus(r.WouldBlock, o.WouldBlock),
		TooLong: minus(r.TooLong, o.TooLong), TooShort: minus(r.TooShort, o.TooShort),
		Down: minus(r.Down, o.Down), Gone: minus(r.Gone, o.Gone), Other: minus(r.Other, o.Other),
	}
}

// InterfaceCounters are what the interface's own statistics (IFLA_STATS64)
// counted since the port was opened.
type InterfaceCounters struct {
	TxPackets uint64 `json:"tx_packets"`
	TxDropped uint64 `json:"tx_dropped"`
	TxErrors  uint64 `json:"tx_errors"`
	RxPackets uint64 `json:"rx_packets"`
	RxDropped uint64 `json:"rx_dropped"`
	RxErrors  uint64 `json:"rx_errors"`
	// RxMissed, RxFIFO and RxNoBuffer frames reached the NIC and found no room
	// in it or behind it (rx_missed_errors, rx_fifo_errors, and what the driver
	// itself counts under names such as rx_no_buffer).
	RxMissed   uint64 `json:"rx_missed"`
	RxFIFO     uint64 `json:"rx_fifo,omitempty"`
	RxNoBuffer uint64 `json:"rx_no_buffer,omitempty"`
	// Restarts is how often these counters were seen to begin anew, as those of
	// some drivers do when they reset the NIC. What was counted between the
	// last reading before and the reset is missing.
	Restarts uint64 `json:"restarts,omitempty"`
}

// NICDropped is how many frames the NIC had and found no room for. One frame
// may be counted under several names, so it is the greatest of them. RxDropped
// is none of them: it counts frames too that this host got and nobody wanted.
func (c InterfaceCounters) NICDropped() uint64 { return max(c.RxMissed, c.RxFIFO, c.RxNoBuffer) }

func (c InterfaceCounters) sub(b InterfaceCounters) InterfaceCounters {
	return InterfaceCounters{
		TxPackets: minus(c.TxPackets, b.TxPackets), TxDropped: minus(c.TxDropped, b.TxDropped), TxErrors: minus(c.TxErrors, b.TxErrors),
		RxPackets: minus(c.RxPackets, b.RxPackets), RxDropped: minus(c.RxDropped, b.RxDropped), RxErrors: minus(c.RxErrors, b.RxErrors),
		RxMissed: minus(c.RxMissed, b.RxMissed), RxFIFO: minus(c.RxFIFO, b.RxFIFO), RxNoBuffer: minus(c.RxNoBuffer, b.RxNoBuffer),
		Restarts: minus(c.Restarts, b.Restarts),
	}
}
