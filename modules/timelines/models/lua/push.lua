-- Put one entry into many windows, in its place by id; a repeat changes nothing.
--
-- KEYS windows · ARGV[1] entry · ARGV[2] size after a trim · ARGV[3] length (with sentinel) that needs a trim
-- Answers how many windows took it. A post below the floor is not taken: there the reader pulls. Slack
-- between size and trim makes most pushes two commands, LINDEX and LPUSH.

local entry, size, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local high, low = struct.unpack('>I4I4', entry)
local call, unpack_id = redis.call, struct.unpack
local taken = 0

local function insert_late(key)
  local count = call('LLEN', key) - 1
  local sentinel = call('LINDEX', key, -1)
  if not is_opening(sentinel) and newer(sentinel, entry) then return 0 end
  local at = locate(key, entry, count)
  local next_entry = call('LINDEX', key, at)
  if at < count and not newer(entry, next_entry) then return 0 end
  return call('LINSERT', key, 'BEFORE', next_entry, entry)
end

for _, key in ipairs(KEYS) do
  local head = call('LINDEX', key, 0)
  if head then
    local head_high, head_low = unpack_id('>I4I4', head)
    local length
    if high > head_high or (high == head_high and low > head_low) then
      length = call('LPUSH', key, entry)
    else
      length = insert_late(key)
    end
    if length > 0 then taken = taken + 1 end
    if length > limit then trim(key, size) end
  end
end
return taken
