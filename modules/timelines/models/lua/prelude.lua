-- Shared by every script of a window; it is put before each of them.
--
-- A window is a LIST of 16-byte entries, newest first: post id and via-author id, 8 bytes each, big-endian.
-- Its last element is the sentinel: the floor and eight zero bytes. What holds between any two scripts:
--
--   1. the entries are strictly descending by post id (sorted, no post twice);
--   2. every entry is at or above the floor, and the window is complete there: whatever of its sources was
--      published at or above the floor, and has been delivered, is in it; below the floor one must pull;
--   3. the sentinel is last, so a window without posts still exists;
--   4. while the window is opening, the sentinel is MAX and the opener's token: nothing counts as complete
--      yet, and everything that is delivered meanwhile is kept.
--
-- No key, no write: only open.lua makes a window. Ids have 63 bits, more than a Lua number holds exactly,
-- and Lua compares strings in the server's locale: so ids are compared as two numbers of 32 bits.

local MAX = string.rep('\255', 8)
local ZERO = string.rep('\0', 8)

local function id_of(entry)
  return string.sub(entry, 1, 8)
end

-- Whether the post id that `a` begins with is greater than the one that `b` begins with.
local function newer(a, b)
  local a_high, a_low = struct.unpack('>I4I4', a)
  local b_high, b_low = struct.unpack('>I4I4', b)
  return a_high > b_high or (a_high == b_high and a_low > b_low)
end

-- Whether a window is opening; whatever ends in no sentinel is no window, and its floor would hide posts.
local function is_opening(sentinel)
  local opening = id_of(sentinel) == MAX
  if #sentinel ~= 16 or not (opening or string.sub(sentinel, 9) == ZERO) then error('no window of ours') end
  return opening
end

-- The index of the first of `count` entries that is not newer than `id`; `count` if all are. Doubling
-- steps from the head first, because most look-ups are near it.
local function locate(key, id, count)
  local call, unpack_id = redis.call, struct.unpack
  local high, low = unpack_id('>I4I4', id)
  local first, last, step, at = 0, count, 1, 0
  local galloping = true
  while first < last do
    local entry_high, entry_low = unpack_id('>I4I4', call('LINDEX', key, at))
    if entry_high > high or (entry_high == high and entry_low > low) then
      first = at + 1
    else
      last, galloping = at, false
    end
    if galloping then
      step = step * 2
      at = math.min(first + step - 2, last - 1)
    else
      at = math.floor((first + last) / 2)
    end
  end
  return first
end

-- Keep the newest `size` entries; the oldest one kept becomes the floor.
local function trim(key, size)
  local sentinel = redis.call('LINDEX', key, -1)
  redis.call('LTRIM', key, 0, size - 1)
  if not is_opening(sentinel) then
    sentinel = id_of(redis.call('LINDEX', key, -1)) .. ZERO
  end
  redis.call('RPUSH', key, sentinel)
end

-- Put these entries and this sentinel in the place of all that was there; the time to live stays.
local function replace(key, entries, sentinel)
  local ttl = redis.call('PTTL', key)
  entries[#entries + 1] = sentinel
  redis.call('DEL', key)
  for first = 1, #entries, 1000 do
    redis.call('RPUSH', key, unpack(entries, first, math.min(first + 999, #entries)))
  end
  if ttl > 0 then redis.call('PEXPIRE', key, ttl) end
end

-- Merge the entries in `packed` (descending) with those of the window (`held`, its sentinel still last):
-- each post once, none below `floor`, at most `size`; answers the entries and the floor that follows.
-- When they fill the window, the oldest one kept becomes the floor: `packed` may have been cut there.
local function merge(held, packed, floor, size)
  local merged, n, i, at = {}, 0, 1, 1
  while n < size do
    local mine = i < #held and held[i] or nil
    local theirs = at < #packed and string.sub(packed, at, at + 15) or nil
    local entry = mine
    if theirs and (not mine or newer(theirs, mine)) then
      entry, at = theirs, at + 16
    elseif mine then
      i = i + 1
      if theirs and not newer(mine, theirs) then at = at + 16 end
    end
    if not entry or newer(floor, entry) then break end
    n = n + 1
    merged[n] = entry
  end
  if n == size then floor = id_of(merged[n]) end
  return merged, floor
end
