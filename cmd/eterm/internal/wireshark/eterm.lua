-- Wireshark dissector for what eterm sends: the mark of test frames, their plan
-- block and the account at the end of a run (docs/reference/probe.md), and the
-- messages of eterm to eterm on EtherType 0x88b5: echoes and conversations about
-- tests. For Lua 5.2 to 5.4, which differ in bit operations: the one that is
-- needed is written out.

local eterm = Proto("eterm", "eterm frame")

local kinds = { [1] = "test", [2] = "test with plan", [3] = "plan", [4] = "end" }
local message_kinds = { [2] = "echo request", [3] = "echo reply", [4] = "talk request", [5] = "talk reply" }
local patterns = { [0] = "random", "zeros", "ones", "alternating" }
local P = ProtoField
local f = {
	kind = P.uint8("eterm.kind", "Kind", base.DEC, kinds),
	sealed = P.bool("eterm.sealed", "Sealed"),
	stream = P.uint8("eterm.stream", "Stream"),
	session = P.uint24("eterm.session", "Session", base.DEC_HEX),
	number = P.uint32("eterm.number", "Number"),
	time = P.uint32("eterm.time", "Time in units of 16 ns"),
	crc = P.uint8("eterm.crc", "CRC-8", base.HEX),
	verdict = P.string("eterm.crc.verdict", "CRC is"),
	balanced = P.bool("eterm.balanced", "Addresses, EtherType and mark as sent"),
	offset = P.uint32("eterm.offset", "Offset of the mark"),
	gap = P.uint32("eterm.gap", "Numbers missing before this one"),
	back = P.bool("eterm.back", "Late or a duplicate"),
	plan_length = P.uint16("eterm.plan.length", "Length of the payload as sent"),
	plan_mixed = P.bool("eterm.plan.mixed", "Frames of other lengths too"),
	plan_pattern = P.uint8("eterm.plan.pattern", "Pattern", base.DEC, patterns, 0x7f),
	plan_streams = P.uint8("eterm.plan.streams_less_one", "Streams less one"),
	plan_total = P.uint64("eterm.plan.total", "Frames of the run"),
	plan_interval = P.uint64("eterm.plan.interval_ps", "Interval in picoseconds"),
	plan_tci = P.uint16("eterm.plan.tci", "TCI of the outermost tag as sent", base.DEC_HEX),
	intended = P.uint64("eterm.account.intended", "Frames intended"),
	offered = P.uint64("eterm.account.offered", "Frames offered"),
	refused = P.uint64("eterm.account.refused", "Frames refused by the kernel"),
	elapsed = P.uint64("eterm.account.elapsed_ns", "Nanoseconds the run took"),
	doubted = P.bool("eterm.account.doubted", "The sender does not trust its run"),
	seal = P.bytes("eterm.seal", "Seal"),
	message = P.uint8("eterm.message.kind", "Message", base.DEC, message_kinds),
	length = P.uint16("eterm.message.length", "Length of the body"),
	echo_id = P.uint16("eterm.echo.id", "Identifier"),
	echo_seq = P.uint16("eterm.echo.seq", "Sequence number"),
	echo_data = P.bytes("eterm.echo.data", "Data"),
	talk_seal = P.uint64("eterm.talk.seal", "Seal", base.HEX),
	talk_service = P.uint8("eterm.talk.service", "Service"),
	talk_op = P.uint8("eterm.talk.op", "Operation"),
	talk_status = P.uint8("eterm.talk.status", "Status"),
	talk_token = P.uint64("eterm.talk.token", "Token", base.HEX),
	talk_number = P.uint32("eterm.talk.number", "Number of the question"),
	talk_total = P.uint32("eterm.talk.total", "Length of the whole text"),
	talk_offset = P.uint32("eterm.talk.offset", "Offset of the piece"),
	talk_want = P.uint32("eterm.talk.want", "Answer wanted from"),
	talk_piece = P.bytes("eterm.talk.piece", "Piece"),
}
eterm.fields = f

local missing = ProtoExpert.new("eterm.gap.expert", "Numbers are missing before this one", expert.group.SEQUENCE, expert.severity.NOTE)
local damaged = ProtoExpert.new("eterm.crc.expert", "The mark has wrong bits", expert.group.CHECKSUM, expert.severity.ERROR)
eterm.experts = { missing, damaged }

local MAGIC, SIZE, PLAN, ACCOUNT, SEAL = "\231\061", 18, 24, 36, 10
local TAGS = { [0x8100] = true, [0x88a8] = true, [0x9100] = true, [0x9200] = true, [0x9300] = true }

local function u16(s, at)
	local a, b = s:byte(at + 1, at + 2)
	return a * 256 + b
end

-- xor of two bytes.
local function xor(a, b)
	local r, bit = 0, 1
	while a > 0 or b > 0 do
		if a % 2 ~= b % 2 then r = r + bit end
		a, b, bit = math.floor(a / 2), math.floor(b / 2), bit * 2
	end
	return r
end

-- The CRC has the generator 0x12f.
local crc_table = {}
for i = 0, 255 do
	local c = i
	for _ = 1, 8 do
		c = c * 2
		if c >= 256 then c = xor(c - 256, 0x2f) end
	end
	crc_table[i] = c
end

-- crc is of the bytes 2 to 6 and 8 to 15 of the mark m.
local function crc(m)
	local c = 0xff
	for i = 2, 15 do
		if i ~= 7 then c = crc_table[xor(c, m:byte(i + 1))] end
	end
	return c
end

-- sum16 is the sum of s as words; fold makes it one in one's complement.
local function sum16(s)
	local n = 0
	for i = 0, #s - 2, 2 do n = n + u16(s, i) end
	return n
end

local function fold(n)
	while n > 0xffff do n = math.floor(n / 65536) + n % 65536 end
	return n
end

local function good(s, at)
	return #s >= at + SIZE and s:sub(at + 1, at + 2) == MAGIC and math.floor(s:byte(at + 3) / 16) == 1 and s:byte(at + 8) == crc(s:sub(at + 1, at + SIZE))
end

-- header is where the payload begins, and the sum of what the balance word
-- covers besides the mark; nil where the frame ends in its header.
local function header(s)
	local at, tags = 12, 0
	while #s >= at + 2 do
		local t = u16(s, at)
		if not TAGS[t] then
			return { length = at + 2, sum = sum16(s:sub(1, 12)) + t, type = t }
		end
		tags = tags + 1
		if #s < at + 6 or tags > 8 then return nil end
		at = at + 4
	end
	return nil
end

-- places are where marks usually are: behind the header, and in UDP or ICMP.
local function places(s, h)
	if not h then return {} end
	local at = h.length
	if #s >= at + 20 and math.floor(s:byte(at + 1) / 16) == 4 and (s:byte(at + 10) == 1 or s:byte(at + 10) == 17) then
		return { at, at + s:byte(at + 1) % 16 * 4 + 8 }
	end
	return { at }
end

local function ones(a)
	local n = 0
	while a > 0 do
		n = n + a % 2
		a = math.floor(a / 2)
	end
	return n
end

-- balanced says whether the mark m and the header are together as sent.
local function balanced(m, h) return fold((h and h.sum or 0) + sum16(m)) == 0xffff end

-- repaired is the mark with the one wrong bit put right that explains it all.
local function repaired(m, h)
	local wrong = ones(xor(m:byte(1), 0xe7)) + ones(xor(m:byte(2), 0x3d))
	if wrong > 2 then return nil end
	if wrong > 0 then
		m = MAGIC .. m:sub(3)
	else
		for bit = 0, 14 * 8 - 1 do
			local i = math.floor(bit / 8) + 2
			local one = m:sub(1, i) .. string.char(xor(m:byte(i + 1), 2 ^ (7 - bit % 8))) .. m:sub(i + 2)
			if crc(one) == one:byte(8) then
				m = one
				break
			end
		end
	end
	if good(m, 0) and balanced(m, h) then return m end
	return nil
end

-- find is the mark of a frame: its bytes, where they are, and whether they are
-- right, repaired or wrong.
local function find(s, h)
	local usual = places(s, h)
	for _, at in ipairs(usual) do
		if good(s, at) then return s:sub(at + 1, at + SIZE), at, "right" end
	end
	for _, at in ipairs(usual) do
		if at + SIZE <= #s then
			local m = repaired(s:sub(at + 1, at + SIZE), h)
			if m then return m, at, "repaired" end
		end
	end
	local from = 1
	while true do
		local i = s:sub(1, 192):find(MAGIC, from, true)
		if not i then break end
		if i > 14 and good(s, i - 1) then return s:sub(i, i + SIZE - 1), i - 1, "right" end
		from = i + 1
	end
	for _, at in ipairs(usual) do
		local m = s:sub(at + 1, at + SIZE)
		if #m == SIZE and m:sub(1, 2) == MAGIC and math.floor(m:byte(3) / 16) == 1 and kinds[m:byte(3) % 8] then
			return m, at, "wrong"
		end
	end
	return nil
end

-- What follows is kept from frame to frame: which number each stream is at, and
-- what was found of each frame when it was first seen.
local at_number, seen = {}, {}
function eterm.init() at_number, seen = {}, {} end

local function follow(pinfo, from, session, stream, number)
	if pinfo.visited then return seen[pinfo.number] end
	local key = from .. string.char(stream) .. session
	local want = at_number[key] or number
	local ahead = (number - want) % 4294967296
	local found = { gap = 0, back = ahead >= 2147483648 }
	if not found.back then
		found.gap = ahead
		at_number[key] = (number + 1) % 4294967296
	end
	seen[pinfo.number] = found
	return found
end

local function u32(s, at) return u16(s, at) * 65536 + u16(s, at + 2) end

local function add_plan(tree, tvb, s, at)
	local b = s:sub(at + 1, at + PLAN)
	if #b < PLAN or fold(sum16(b)) ~= 0xffff or b:byte(3) % 128 > 3 then return end
	local t = tree:add(eterm, tvb(at, PLAN), "Plan")
	t:add(f.plan_length, tvb(at, 2))
	t:add(f.plan_mixed, tvb(at + 2, 1), b:byte(3) >= 128)
	t:add(f.plan_pattern, tvb(at + 2, 1))
	t:add(f.plan_streams, tvb(at + 3, 1))
	t:add(f.plan_total, tvb(at + 4, 6))
	t:add(f.plan_interval, tvb(at + 10, 6))
	t:add(f.plan_tci, tvb(at + 16, 2))
end

local function add_account(tree, tvb, s, at)
	local b = s:sub(at + 1, at + ACCOUNT)
	if #b < ACCOUNT or fold(sum16(b)) ~= 0xffff then return end
	local t = tree:add(eterm, tvb(at, ACCOUNT), "Account of the sender")
	t:add(f.intended, tvb(at, 8))
	t:add(f.offered, tvb(at + 8, 8))
	t:add(f.refused, tvb(at + 16, 8))
	t:add(f.elapsed, tvb(at + 24, 8))
	t:add(f.doubted, tvb(at + 33, 1), b:byte(34) % 2 == 1)
end

-- add_blocks adds what is behind the mark of a kind.
local function add_blocks(tree, tvb, s, at, kind, sealed)
	if kind >= 2 and kind <= 4 then
		add_plan(tree, tvb, s, at)
		at = at + PLAN
	end
	if kind == 4 then
		add_account(tree, tvb, s, at)
		at = at + ACCOUNT
	end
	if sealed and at + SEAL <= #s then tree:add(f.seal, tvb(at, SEAL)) end
end

local function add_mark(tree, tvb, pinfo, s, h, m, at, verdict)
	local kind, sealed, stream = m:byte(3) % 8, math.floor(m:byte(3) / 8) % 2 == 1, m:byte(4)
	local session, number = m:byte(5) * 65536 + u16(m, 5), u32(m, 8)
	local t = tree:add(eterm, tvb(at, SIZE), "eterm " .. (kinds[kind] or ("kind " .. kind)) .. " frame, stream " .. stream .. ", number " .. string.format("%.0f", number))
	t:add(f.offset, tvb(at, SIZE), at):set_generated()
	t:add(f.kind, tvb(at + 2, 1), kind)
	t:add(f.sealed, tvb(at + 2, 1), sealed)
	t:add(f.stream, tvb(at + 3, 1), stream)
	t:add(f.session, tvb(at + 4, 3), session)
	t:add(f.crc, tvb(at + 7, 1))
	local v = t:add(f.verdict, tvb(at + 7, 1), verdict)
	v:set_generated()
	if verdict ~= "right" then v:add_proto_expert_info(damaged) end
	t:add(f.number, tvb(at + 8, 4), number)
	t:add(f.time, tvb(at + 12, 4), u32(m, 12))
	t:add(f.balanced, tvb(at + 16, 2), verdict ~= "wrong" and balanced(m, h)):set_generated()
	add_blocks(t, tvb, s, at + SIZE, kind, sealed)
	local info = (kinds[kind] or ("kind " .. kind)) .. string.format(" session 0x%06x stream %d number %.0f", session, stream, number)
	if verdict ~= "right" then info = info .. " [CRC " .. verdict .. "]" end
	if verdict ~= "wrong" and (kind == 1 or kind == 2) then
		local found = follow(pinfo, s:sub(7, 12), m:sub(5, 7), stream, number)
		if found and found.gap > 0 then
			local g = t:add(f.gap, tvb(at + 8, 4), found.gap)
			g:set_generated()
			g:add_proto_expert_info(missing, string.format("%.0f missing before this one", found.gap))
			info = info .. string.format(" [%.0f missing before]", found.gap)
		end
		if found and found.back then
			t:add(f.back, tvb(at + 8, 4), true):set_generated()
			info = info .. " [late or a duplicate]"
		end
	end
	return info
end

local function add_talk(t, tvb, s, at, room)
	if room < 38 or 38 + u16(s, at + 36) > room then return end
	t:add(f.talk_seal, tvb(at, 8))
	t:add(f.talk_service, tvb(at + 8, 1))
	t:add(f.talk_op, tvb(at + 9, 1))
	t:add(f.talk_status, tvb(at + 10, 1))
	t:add(f.talk_token, tvb(at + 12, 8))
	t:add(f.talk_number, tvb(at + 20, 4))
	t:add(f.talk_total, tvb(at + 24, 4))
	t:add(f.talk_offset, tvb(at + 28, 4))
	t:add(f.talk_want, tvb(at + 32, 4))
	local n = u16(s, at + 36)
	if n > 0 then t:add(f.talk_piece, tvb(at + 38, n)) end
end

-- is_message says whether a whole message is at an offset.
local function is_message(s, at)
	return #s >= at + 8 and s:sub(at + 1, at + 5) == "eTrm\1" and at + 8 + u16(s, at + 6) <= #s
end

local function add_message(tree, tvb, s, at)
	local kind, room = s:byte(at + 6), u16(s, at + 6)
	local name = message_kinds[kind] or ("message of kind " .. kind)
	local t = tree:add(eterm, tvb(at, 8 + room), "eterm " .. name)
	t:add(f.message, tvb(at + 5, 1))
	t:add(f.length, tvb(at + 6, 2))
	at = at + 8
	if (kind == 2 or kind == 3) and room >= 4 then
		t:add(f.echo_id, tvb(at, 2))
		t:add(f.echo_seq, tvb(at + 2, 2))
		if room > 4 then t:add(f.echo_data, tvb(at + 4, room - 4)) end
		return name .. " id " .. u16(s, at) .. " seq " .. u16(s, at + 2)
	end
	if kind == 4 or kind == 5 then add_talk(t, tvb, s, at, room) end
	return name
end

-- Frames that do not begin with an Ethernet header are not looked at. In the
-- first of two passes there are no fields, but addresses there are.
local ethernet = Field.new("eth.dst")
local function begins_with_ethernet(pinfo)
	local outer = ethernet()
	if outer then return outer.offset == 0 end
	return #tostring(pinfo.dl_dst) == 17
end

local data = Dissector.get("data")

-- Wireshark calls this twice: with the payload of EtherType 0x88b5, which is
-- claimed if it is eterm's, and at the end with the whole frame, where marks
-- may be in any other place, and where the header is known that their balance
-- is with.
function eterm.dissector(tvb, pinfo, tree)
	if tvb:reported_len() < pinfo.len then
		local s = tvb:raw(0, math.min(tvb:captured_len(), SIZE))
		if s:sub(1, 2) ~= MAGIC and s:sub(1, 4) ~= "eTrm" then
			return data:call(tvb, pinfo, tree)
		end
		pinfo.cols.protocol = "eterm"
		return tvb:captured_len()
	end
	if not begins_with_ethernet(pinfo) then return 0 end
	local s = tvb:raw(0, math.min(tvb:captured_len(), 65536 + 64))
	local h = header(s)
	local info
	local m, at, verdict = find(s, h)
	if m then
		info = add_mark(tree, tvb, pinfo, s, h, m, at, verdict)
	elseif h and h.type == 0x88b5 and is_message(s, h.length) then
		info = add_message(tree, tvb, s, h.length)
	end
	if info then
		pinfo.cols.protocol = "eterm"
		pinfo.cols.info = info
	end
	return 0
end

register_postdissector(eterm)
DissectorTable.get("ethertype"):add(0x88b5, eterm)
