-- Take one author's entries out of a window; floor and time to live stay.
--
-- KEYS[1] window · ARGV[1] via-author (8 bytes)
-- Answers how many went.

local held = redis.call('LRANGE', KEYS[1], 0, -1)
local sentinel = table.remove(held)
local kept = {}
for _, entry in ipairs(held) do
  if string.sub(entry, 9) ~= ARGV[1] then kept[#kept + 1] = entry end
end
local gone = #held - #kept
if gone > 0 then replace(KEYS[1], kept, sentinel) end
return gone
