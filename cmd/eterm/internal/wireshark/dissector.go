package wireshark

import _ "embed"

// Dissector is the script by which Wireshark takes eterm's frames apart. It
// belongs into the folder of Wireshark's Lua plugins.
//
//go:embed eterm.lua
var Dissector string
