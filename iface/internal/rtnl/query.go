package rtnl

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Query asks about interfaces in the namespace of the thread that made it.
type Query struct{ sockets map[int]*nl.SocketHandle }

// NewQuery opens a netlink socket for questions.
func NewQuery() (Query, error) {
	s, err := nl.GetNetlinkSocketAt(-1, -1, unix.NETLINK_ROUTE)
	if err != nil {
		return Query{}, err
	}
	return Query{map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: s}}}, nil
}

// Close frees the socket.
func (q Query) Close() { q.sockets[unix.NETLINK_ROUTE].Close() }

// Ask queries one interface by index, or by name if index is 0.
func (q Query) Ask(index int, name string) (*State, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_ACK)
	req.Sockets = q.sockets
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	if index == 0 {
		req.AddData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(name)))
	}
	msgs, err := req.Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		return nil, err
	}
	if len(msgs) == 0 {
		return nil, unix.ENODEV
	}
	return parse(msgs[0])
}

// All asks for all interfaces.
func (q Query) All() ([]*State, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.Sockets = q.sockets
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	msgs, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return nil, err
	}
	states := make([]*State, len(msgs))
	for i, m := range msgs {
		if states[i], err = parse(m); err != nil {
			return nil, err
		}
	}
	return states, nil
}
