package frame

import "testing"

func TestDrawnLink(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "Ethernet II (IEEE 802.3, 3.1.1)",
			notation: "eth dst=01:00:5e:7f:ff:fa src=02:00:00:00:00:01 type=0x88b5 / zeros 46",
			layers:   "eth:14 data:46",
			wire: `
				01005e7ffffa
				020000000001
				88b5`,
		},
		{
			name:     "customer tag (IEEE 802.1Q, 9.6)",
			notation: drawnHead + "vlan pcp=5 dei id=4094 type=0x88b5 / zeros 42",
			layers:   "eth:14 vlan:4 data:42",
			wire: `
				020000000002 020000000001
				8100 bffe   ; TPID; PCP 101, DEI 1, VID
				88b5`,
		},
		{
			name:     "priority tag in a service tag",
			notation: drawnHead + "svlan pcp=1 id=100 / vlan pcp=7 id=0 type=0x88b5 / zeros 38",
			layers:   "eth:14 svlan:4 vlan:4 data:38",
			wire: `
				020000000002 020000000001
				88a8 2064
				8100 e000   ; VID 0: a priority alone
				88b5`,
		},
		{
			name:     "an old TPID",
			notation: drawnHead + "vlan tpid=0x9100 id=5 type=0x88b5 / zeros 42",
			layers:   "eth:14 vlan:4 data:42",
			wire: `
				020000000002 020000000001
				9100 0005
				88b5`,
		},
		{
			name:     "802.3 with UI frame (IEEE 802.2, 3.2)",
			notation: drawnHead + "llc dsap=0xe0 ssap=0xe1 control=3 / hex 010203",
			layers:   "eth:14 llc:3 data:3 trailer:40",
			wire: `
				020000000002 020000000001
				0006        ; length
				e0 e1 03
				010203`,
		},
		{
			name:     "802.3 with an information frame (IEEE 802.2, 5.2)",
			notation: drawnHead + "llc numbered dsap=0x04 ssap=0x05 control=0x0a0d / hex 01",
			layers:   "eth:14 llc:4 data:1 trailer:41",
			wire: `
				020000000002 020000000001
				0005
				04 05 0a0d
				01`,
		},
		{
			name:     "SNAP with a protocol of its organisation (IEEE 802, 10.3)",
			notation: drawnHead + "llc / snap oui=0x00000c type=0x2000 / hex 02b4",
			layers:   "eth:14 llc:3 snap:5 data:2 trailer:36",
			wire: `
				020000000002 020000000001
				000a
				aa aa 03
				00000c 2000
				02b4`,
		},
		{
			name:     "SNAP with an EtherType, in a tag (RFC 1042)",
			notation: drawnHead + "vlan id=7 / llc / snap / ipv4 src=192.0.2.1 dst=192.0.2.2 protocol=253 / hex 01",
			layers:   "eth:14 vlan:4 llc:3 snap:5 ipv4:20 data:1 trailer:13",
			wire: `
				020000000002 020000000001
				8100 0007
				001d
				aa aa 03
				000000 0800
				45000015 00000000 40fd
				f5e8        ; checksum
				c0000201 c0000202
				01`,
		},
		{
			name:     "two labels (RFC 3032, 2.1)",
			notation: drawnHead + "mpls label=1048575 tc=5 ttl=255 / mpls label=16 ttl=1 / hex 00ff",
			layers:   "eth:14 mpls:4 mpls:4 data:38",
			wire: `
				020000000002 020000000001 8847
				fffff a ff  ; label; TC 101, S 0; TTL
				00010 1 01  ; label; TC 000, S 1; TTL
				00ff`,
		},
		{
			name:     "ARP request (RFC 826)",
			notation: drawnHead + "arp sha=02:00:00:00:00:01 spa=192.0.2.1 tpa=192.0.2.2",
			layers:   "eth:14 arp:28 trailer:18",
			wire: `
				020000000002 020000000001 0806
				0001 0800   ; hardware and protocol type
				06 04 0001  ; their lengths; operation
				020000000001 c0000201
				000000000000 c0000202`,
		},
		{
			name:     "ARP reply of another hardware type",
			notation: drawnHead + "arp htype=6 ptype=0x86dd op=reply sha=02:00:00:00:00:01 spa=192.0.2.1 tha=02:00:00:00:00:02 tpa=192.0.2.2",
			layers:   "eth:14 arp:28 trailer:18",
			wire: `
				020000000002 020000000001 0806
				0006 86dd
				06 04 0002
				020000000001 c0000201
				020000000002 c0000202`,
		},
	})
}

func TestDrawnControl(t *testing.T) {
	checkDrawn(t, []drawn{
		{
			name:     "pause (IEEE 802.3, 31B)",
			notation: "eth dst=01:80:c2:00:00:01 src=02:00:00:00:00:01 / pause quanta=65535",
			layers:   "eth:14 pause:4 trailer:42",
			wire: `
				0180c2000001 020000000001 8808
				0001 ffff`,
		},
		{
			name:     "priority flow control (IEEE 802.1Q, 36)",
			notation: "eth dst=01:80:c2:00:00:01 src=02:00:00:00:00:01 / pause pfc classes=0x00a5 quanta0=1 quanta1=2 quanta2=3 quanta3=4 quanta4=5 quanta5=6 quanta6=7 quanta7=65535",
			layers:   "eth:14 pause:20 trailer:26",
			wire: `
				0180c2000001 020000000001 8808
				0101 00a5   ; opcode, class-enable vector
				0001 0002 0003 0004
				0005 0006 0007 ffff`,
		},
		{
			name:     "an LLDPDU (IEEE 802.1AB, 8)",
			notation: "eth dst=01:80:c2:00:00:0e src=02:00:00:00:00:01 / lldp chassis-id subtype=mac id=0x020000000001 / lldp port-id subtype=interface id=eth0 / lldp ttl seconds=120 / lldp capabilities system=0x0014 enabled=0x0004 / lldp organization oui=0x0080c2 subtype=1 value=0x0005 / lldp end",
			layers:   "eth:14 lldp:9 lldp:7 lldp:4 lldp:6 lldp:8 lldp:2 trailer:10",
			wire: `
				0180c200000e 020000000001 88cc
				0207 04 020000000001 ; type 1, length 7, subtype
				0405 05 65746830     ; type 2, length 5, subtype
				0602 0078            ; type 3
				0e04 0014 0004       ; type 7
				fe06 0080c2 01 0005  ; type 127
				0000                 ; end`,
		},
		{
			name:     "an LLDPDU's texts and a TLV without a name",
			notation: "eth dst=01:80:c2:00:00:0e src=02:00:00:00:00:01 / lldp port-description text=p / lldp system-name text=\"s n\" / lldp system-description text=\"\" / lldp management-address value=0x0501c0000201 / lldp tlv type=9 value=0xff / lldp end",
			layers:   "eth:14 lldp:3 lldp:5 lldp:2 lldp:8 lldp:3 lldp:2 trailer:23",
			wire: `
				0180c200000e 020000000001 88cc
				0801 70              ; type 4
				0a03 73206e          ; type 5
				0c00                 ; type 6
				1006 0501c0000201    ; type 8
				1201 ff              ; type 9
				0000`,
		},
		{
			name:     "configuration BPDU (IEEE 802.1D, 9.3.1)",
			notation: "eth dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc / stp config tcack reserved=0x2a tc root-priority=1 root-ext=2 root=02:00:00:00:00:07 cost=4 bridge-priority=15 bridge-ext=4095 bridge=02:00:00:00:00:08 port=0x8002 age=256 max-age=5120 hello=512 delay=3840",
			layers:   "eth:14 llc:3 stp:35 trailer:8",
			wire: `
				0180c2000000 020000000001
				0026
				42 42 03
				0000 00 00  ; protocol, version, type
				d5          ; flags
				1002 020000000007
				00000004    ; root path cost
				ffff 020000000008
				8002        ; port
				0100 1400 0200 0f00`,
		},
		{
			name:     "topology change notification (IEEE 802.1D, 9.3.2)",
			notation: "eth dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc / stp topology-change",
			layers:   "eth:14 llc:3 stp:4 trailer:39",
			wire: `
				0180c2000000 020000000001
				0007
				42 42 03
				0000 00 80`,
		},
		{
			name:     "rapid BPDU (IEEE 802.1D, 9.3.3)",
			notation: "eth dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc / stp rapid agreement learning role=2 proposal root=02:00:00:00:00:07 bridge=02:00:00:00:00:08 version1=0",
			layers:   "eth:14 llc:3 stp:36 trailer:7",
			wire: `
				0180c2000000 020000000001
				0027
				42 42 03
				0000 02 02
				5a          ; TCA 0, agreement 1, forwarding 0, learning 1, role 10, proposal 1, TC 0
				8000 020000000007
				00000000
				8000 020000000008
				8001
				0000 1400 0200 0f00
				00`,
		},
	})
}
