package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
)

// Fleet is how a fleet is at one moment.
type Fleet struct {
	Ports map[string]bus.Port
	Runs  map[string]bus.State
	// Results are stored, in so many Bytes of at most Room; Room is 0 if there is no
	// bound.
	Results, Bytes, Room uint64
}

// Controller collects what a controller knows.
type Controller struct {
	status func(context.Context) (Fleet, error)
}

// NewController collects for a controller; the function is called for each
// scrape.
func NewController(status func(context.Context) (Fleet, error)) *Controller {
	return &Controller{status}
}

var (
	fleetUp      = desc("fleet_store_up", "1 if what is stored could be read.")
	fleetPorts   = desc("fleet_ports", "Ports of agents by how they are: ready, busy, down, withdrawn.", "state")
	fleetSpooled = desc("fleet_spool_results", "Results in the spools of all agents, as they said last.")
	fleetOffset  = desc("fleet_clock_offset_worst_seconds", "The greatest offset of an agent's clock.")
	fleetRuns    = desc("fleet_runs", "Runs by their state.", "state")
	fleetResults = desc("fleet_results", "Results stored.")
	fleetBytes   = desc("fleet_results_bytes", "Size of what is stored.")
	fleetRoom    = desc("fleet_results_limit_bytes", "Room for what is stored.")
)

// Describe implements prometheus.Collector.
func (c *Controller) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{fleetUp, fleetPorts, fleetSpooled, fleetOffset, fleetRuns, fleetResults, fleetBytes, fleetRoom} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *Controller) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience/2)
	defer cancel()
	f, err := c.status(ctx)
	ch <- gauge(fleetUp, one(err == nil))
	if err != nil {
		return
	}
	states := map[string]int{"ready": 0, "busy": 0, "down": 0, "withdrawn": 0}
	spools, worst := map[string]int{}, time.Duration(0)
	for label, p := range f.Ports {
		states[portState(p)]++
		spools[plan.Host(label)] = p.Spool // of all ports of an agent
		worst = max(worst, p.Clock.Offset.Abs())
	}
	for state, n := range states {
		ch <- gauge(fleetPorts, float64(n), state)
	}
	spooled := 0
	for _, n := range spools {
		spooled += n
	}
	ch <- gauge(fleetSpooled, float64(spooled))
	ch <- gauge(fleetOffset, worst.Seconds())
	runs := map[bus.State]int{bus.Running: 0, bus.Cancelled: 0, bus.Closed: 0}
	for _, s := range f.Runs {
		if _, known := runs[s]; known {
			runs[s]++
		}
	}
	for state, n := range runs {
		ch <- gauge(fleetRuns, float64(n), string(state))
	}
	ch <- gauge(fleetResults, float64(f.Results))
	ch <- gauge(fleetBytes, float64(f.Bytes))
	if f.Room > 0 {
		ch <- gauge(fleetRoom, float64(f.Room))
	}
}

func portState(p bus.Port) string {
	switch {
	case p.Clock.Withdrew != "":
		return "withdrawn"
	case !p.Carrier:
		return "down"
	case p.Busy != "":
		return "busy"
	}
	return "ready"
}
