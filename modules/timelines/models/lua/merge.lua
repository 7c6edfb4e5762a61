-- Merge posts of one source into a window that stands or is opening (a backfill).
--
-- KEYS[1] window · ARGV[1] size · ARGV[2] entries, descending
-- Answers the floor, or nothing if there is no window. The entries must be all of the source's posts at or
-- above the floor, or its newest `size`: then the full window raises its own floor.

local held = redis.call('LRANGE', KEYS[1], 0, -1)
local sentinel = held[#held]
if not sentinel then return false end
if is_opening(sentinel) then
  replace(KEYS[1], (merge(held, ARGV[2], ZERO, tonumber(ARGV[1]))), sentinel)
  return MAX
end
local entries, floor = merge(held, ARGV[2], id_of(sentinel), tonumber(ARGV[1]))
replace(KEYS[1], entries, floor .. ZERO)
return floor
