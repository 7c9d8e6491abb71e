package frame

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"eterm/frame/ether"
)

// withScapy is frames as notation and as a scapy expression that must build
// the same bytes.
var withScapy = [][2]string{
	{"eth type=0x88b5 / count 60", "E(type=0x88b5)/bytes(range(60))"},
	{"eth / vlan id=10 pcp=3 dei / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=5 df dscp=46 ecn=1 / icmp echo-request id=7 seq=1 / count 56",
		"E()/Dot1Q(vlan=10,prio=3,id=1)/IP4(ttl=5,flags='DF',tos=0xb9)/ICMP(id=7,seq=1)/bytes(range(56))"},
	{"eth / svlan id=100 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=7000 dport=7001 / count 31",
		"E()/Dot1AD(vlan=100)/Dot1Q(vlan=10)/IP4()/UDP(sport=7000,dport=7001)/bytes(range(31))"},
	{"eth / arp reply sha=02:00:00:00:00:01 spa=192.0.2.1 tha=02:00:00:00:00:02 tpa=192.0.2.2",
		"E()/ARP(op=2,hwsrc='02:00:00:00:00:01',psrc='192.0.2.1',hwdst='02:00:00:00:00:02',pdst='192.0.2.2')"},
	{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 id=5 options=router-alert:0,nop / tcp sport=80 dport=7000 seq=1 ackno=2 syn ack window=1000 options=mss:1460,sack-ok,ts:1:0,nop,wscale:7 / text \"odd\"",
		"E()/IP4(id=5,options=[IPOption_Router_Alert(),IPOption_NOP()])/TCP(sport=80,dport=7000,seq=1,ack=2,flags='SA',window=1000,options=[('MSS',1460),('SAckOK',b''),('Timestamp',(1,0)),('NOP',None),('WScale',7)])/b'odd'"},
	{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp destination-unreachable code=port / ipv4 src=192.0.2.2 dst=192.0.2.1 / udp sport=1 dport=2 / count 18",
		"E()/IP4()/ICMP(type=3,code=3)/IP(src='192.0.2.2',dst='192.0.2.1',id=0)/UDP(sport=1,dport=2)/bytes(range(18))"},
	{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp timestamp id=1 seq=2 originate=1000 receive=5 transmit=6",
		"E()/IP4()/ICMP(type=13,id=1,seq=2,ts_ori=1000,ts_rx=5,ts_tx=6)"},
	{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 mf id=9 offset=2 protocol=udp / count 32",
		"E()/IP4(flags='MF',id=9,frag=2,proto=17)/bytes(range(32))"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 dscp=10 ecn=2 flow=0xabcde hops=5 / udp sport=7000 dport=7001 / count 7",
		"E()/IP6(tc=42,fl=0xabcde,hlim=5)/UDP(sport=7000,dport=7001)/bytes(range(7))"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 / icmpv6 echo-request id=7 seq=1 / count 20",
		"E()/IP6()/ICMPv6EchoRequest(id=7,seq=1,data=bytes(range(20)))"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=255 / icmpv6 neighbor-solicitation target=fe80::2 / nd source mac=02:00:00:00:00:01",
		"E()/IP6(hlim=255)/ICMPv6ND_NS(tgt='fe80::2')/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=255 / icmpv6 neighbor-advertisement solicited override target=fe80::2 / nd target mac=02:00:00:00:00:01",
		"E()/IP6(hlim=255)/ICMPv6ND_NA(tgt='fe80::2',R=0,S=1,O=1)/ICMPv6NDOptDstLLAddr(lladdr='02:00:00:00:00:01')"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=255 / icmpv6 router-advertisement managed / nd mtu mtu=1500 / nd prefix on-link autonomous prefix=2001:db8:: valid=7 preferred=6 / nd rdnss lifetime=9 servers=2001:db8::53",
		"E()/IP6(hlim=255)/ICMPv6ND_RA(chlim=64,M=1,prf=0)/ICMPv6NDOptMTU(mtu=1500)/ICMPv6NDOptPrefixInfo(prefix='2001:db8::',validlifetime=7,preferredlifetime=6,L=1,A=1)/ICMPv6NDOptRDNSS(lifetime=9,dns=['2001:db8::53'])"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=1 / hopopts options=router-alert:0 / icmpv6 report group=ff02::9",
		"E()/IP6(hlim=1)/IPv6ExtHdrHopByHop(options=[RouterAlert(value=0)])/ICMPv6MLReport(mladdr='ff02::9')"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=1 / icmpv6 report-v2 / mld-record to-exclude group=ff02::9 / mld-record is-include group=ff02::8 sources=2001:db8::1",
		"E()/IP6()/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=4,dst='ff02::9'),ICMPv6MLDMultAddrRec(rtype=1,dst='ff02::8',sources=['2001:db8::1'])])"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 / fragment mf offset=3 id=0x12345678 next=udp / count 16",
		"E()/IP6()/IPv6ExtHdrFragment(m=1,offset=3,id=0x12345678,nh=17)/bytes(range(16))"},
	{"eth / ipv6 src=2001:db8::1 dst=2001:db8::2 / icmpv6 packet-too-big mtu=1280 / ipv6 src=2001:db8::2 dst=2001:db8::1 / udp sport=1 dport=2 / count 9",
		"E()/IP6()/ICMPv6PacketTooBig(mtu=1280)/IPv6(src='2001:db8::2',dst='2001:db8::1')/UDP(sport=1,dport=2)/bytes(range(9))"},
	{"eth / ipv4 src=192.0.2.1 dst=192.0.2.2 / ipv6 src=2001:db8::1 dst=2001:db8::2 / tcp sport=1 dport=2 seq=3 syn",
		"E()/IP4()/IP6()/TCP(sport=1,dport=2,seq=3,flags='S')"},
	{"eth / mpls label=16 tc=5 / mpls label=1000 ttl=9 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 20",
		"E()/MPLS(label=16,cos=5,s=0,ttl=64)/MPLS(label=1000,s=1,ttl=9)/IP4()/UDP(sport=1,dport=2)/bytes(range(20))"},
	{"eth dst=01:80:c2:00:00:00 / llc / stp config root=02:00:00:00:00:01 bridge=02:00:00:00:00:02 cost=19 port=0x8001",
		"Dot3(dst='01:80:c2:00:00:00',src='02:00:00:00:00:01')/LLC()/STP(rootid=0x8000,rootmac='02:00:00:00:00:01',bridgeid=0x8000,bridgemac='02:00:00:00:00:02',pathcost=19,portid=0x8001,age=0,maxage=20,hellotime=2,fwddelay=15)"},
	{"eth / ipv4 src=192.0.2.1 dst=224.0.0.9 ttl=1 options=router-alert:0 / igmp report-v2 group=224.0.0.9",
		"E()/IP4(dst='224.0.0.9',ttl=1,options=[IPOption_Router_Alert()])/IGMP(type=0x16,mrcode=0,gaddr='224.0.0.9')"},
	{"eth / ipv4 src=192.0.2.1 dst=224.0.0.22 ttl=1 dscp=48 / igmp report-v3 / igmp-record to-exclude group=224.0.0.9",
		"E()/IP4(dst='224.0.0.22',ttl=1)/IGMPv3(type=0x22)/IGMPv3mr(records=[IGMPv3gr(rtype=4,maddr='224.0.0.9')])"},
	{"eth dst=01:80:c2:00:00:0e / lldp chassis-id id=0x020000000001 / lldp port-id subtype=interface id=\"eth0\" / lldp ttl seconds=120 / lldp system-name text=\"sw1\" / lldp end",
		"E(dst='01:80:c2:00:00:0e',type=0x88cc)/LLDPDUChassisID(subtype=4,id='02:00:00:00:00:01')/LLDPDUPortID(subtype=5,id='eth0')/LLDPDUTimeToLive(ttl=120)/LLDPDUSystemName(system_name='sw1')/LLDPDUEndOfLLDPDU()"},
}

const scapyPrelude = `
import sys, logging
logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import *
from scapy.contrib.mpls import MPLS
from scapy.contrib.igmp import IGMP
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3mr, IGMPv3gr
from scapy.contrib.lldp import *
conf.contribs["LLDP"].strict_mode_disable()
def E(**k): return Ether(**{"dst": "02:00:00:00:00:02", "src": "02:00:00:00:00:01", **k})
def IP4(**k): return IP(**{"src": "192.0.2.1", "dst": "192.0.2.2", "id": 0, **k})
def IP6(**k): return IPv6(**{"src": "2001:db8::1", "dst": "2001:db8::2", **k})
for line in sys.stdin:
    print(bytes(eval(line)).hex())
`

// Two builders that know nothing of one another make the same bytes.
func TestBuildAgreesWithScapy(t *testing.T) {
	python := ""
	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(p, "-c", "import scapy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("scapy is not installed")
		}
		t.Skip("scapy is not installed")
	}
	var in bytes.Buffer
	for _, c := range withScapy {
		in.WriteString(c[1] + "\n")
	}
	cmd := exec.Command(python, "-c", scapyPrelude)
	cmd.Stdin = &in
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("scapy: %v: %s", err, stderr.Bytes())
	}
	for i, line := range strings.Fields(string(out)) {
		want := Pad(unhex(t, line), ether.MinFrame)
		var tpl Template
		notation := strings.Replace(withScapy[i][0], "eth /", "eth dst=02:00:00:00:00:02 /", 1)
		notation = strings.Replace(notation, "eth type", "eth dst=02:00:00:00:00:02 type", 1)
		if err := tpl.Parse(notation); err != nil {
			t.Fatalf("%s: %v", notation, err)
		}
		tpl.Source(macA)
		if got := tpl.Append(nil); !bytes.Equal(got, want) {
			t.Errorf("%s\n%x\nscapy's %s\n%x", notation, got, withScapy[i][1], want)
		}
	}
}
