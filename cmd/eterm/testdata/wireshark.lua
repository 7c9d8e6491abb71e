-- As much of Wireshark as eterm.lua asks for, so that every version of Lua can
-- run it: lua wireshark.lua eterm.lua < FRAMES, one in hex digits a line. Each
-- field is printed as name=value, a range of bytes without a value as name=x:HEX.
local out
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
base = { DEC = 1, HEX = 2, DEC_HEX = 3 }
expert = { group = { SEQUENCE = 1, CHECKSUM = 2 }, severity = { NOTE = 1, ERROR = 2 } }
ProtoField = setmetatable({}, { __index = function() return function(name) return { name = name } end end })
ProtoExpert = { new = function() return {} end }
local proto
function Proto() proto = {} return proto end
local post
function register_postdissector(p) post = p end
Field = { new = function() return function() return { offset = 0 } end end }
Dissector = { get = function() return { call = function() return 0 end } end }
DissectorTable = { get = function() return { add = function() end } end }
local item = {}
item.__index = item
function item:add(field, range, value)
	if field ~= proto then
		if value == nil then value = "x:" .. range.hex end
		if type(value) == "number" then value = string.format("%.0f", value) end
		out[#out + 1] = field.name .. "=" .. tostring(value)
	end
	return setmetatable({}, item)
end
function item:set_generated() end
function item:add_proto_expert_info() end
dofile(arg[1])
if proto.init then proto.init() end
local number = 0
for line in io.lines() do
	out, number = {}, number + 1
	local s = line:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end)
	local tvb = setmetatable({
		reported_len = function() return #s end,
		captured_len = function() return #s end,
		raw = function(_, at, n) return s:sub(at + 1, at + n) end,
	}, { __call = function(_, at, n)
		assert(at >= 0 and n > 0 and at + n <= #s, "a range beyond the frame")
		return { hex = hex(s:sub(at + 1, at + n)) }
	end })
	post.dissector(tvb, { len = #s, visited = false, number = number, cols = {} }, setmetatable({}, item))
	print(table.concat(out, "\t"))
end
