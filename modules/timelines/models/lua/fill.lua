-- End the opening: merge what was pulled with what was delivered meanwhile, and set the floor.
--
-- KEYS[1] window · ARGV[1] the sentinel that open.lua answered before the pull · ARGV[2] floor (8 bytes): the
-- pull is complete at or above it · ARGV[3] size · ARGV[4] seconds to live · ARGV[5] entries, descending
-- Answers 1 if it was done. The sentinel must still stand: if the window was lost and opened again after this
-- pull, what was delivered in between is in neither, and filling would hide it for good.

local held = redis.call('LRANGE', KEYS[1], 0, -1)
if held[#held] ~= ARGV[1] then return 0 end
local entries, floor = merge(held, ARGV[5], ARGV[2], tonumber(ARGV[3]))
replace(KEYS[1], entries, floor .. ZERO)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
