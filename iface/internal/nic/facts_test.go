package nic

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestTimestampsOn: one clock in a statistic needs every frame to have a
// timestamp of the NIC, and not only those of PTP.
func TestTimestampsOn(t *testing.T) {
	for _, test := range []struct {
		filter, tx     int32
		wantRx, wantTx bool
	}{
		{unix.HWTSTAMP_FILTER_NONE, unix.HWTSTAMP_TX_OFF, false, false},
		{unix.HWTSTAMP_FILTER_ALL, unix.HWTSTAMP_TX_ON, true, true},
		{unix.HWTSTAMP_FILTER_PTP_V2_EVENT, unix.HWTSTAMP_TX_ON, false, true},
		{unix.HWTSTAMP_FILTER_ALL, unix.HWTSTAMP_TX_ONESTEP_SYNC, true, false},
	} {
		if rx, tx := timestampsOn(&unix.HwTstampConfig{Rx_filter: test.filter, Tx_type: test.tx}); rx != test.wantRx || tx != test.wantTx {
			t.Errorf("%+v: %v %v", test, rx, tx)
		}
	}
}

func TestNoBufferOf(t *testing.T) {
	for _, test := range []struct {
		stats map[string]uint64
		want  uint64
	}{
		{map[string]uint64{"rx_out_of_buffer": 3, "rx_packets": 9}, 3},
		{map[string]uint64{"rx_no_buffer": 1, "rx_nobuf": 2}, 3},
		{map[string]uint64{"rx_no_buffer_count": 7}, 0}, // the NIC may have kept the frames
	} {
		if got := noBufferOf(test.stats); got != test.want {
			t.Errorf("%v: %d, want %d", test.stats, got, test.want)
		}
	}
}
