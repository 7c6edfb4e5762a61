-- Read one step of a list: the entries next to a place, narrowed to authors whom the viewer follows.
-- It decides nothing: whom of them the viewer follows is answered too, and the reader asks that.
--
-- KEYS[1] window · KEYS[2] whom the viewer follows (decimal ids; "0" is in it when it is loaded); without this
-- key every entry is answered
-- ARGV[1] place (8 bytes) · ARGV[2] how many · ARGV[3] seconds to live · ARGV[4] viewer (8 bytes)
-- ARGV[5] 0 for entries below the place, newest first; 1 for those above it, oldest first
-- ARGV[6] authors whose entries are not wanted (8 bytes each)
-- ARGV[7…] decimal ids of the authors who are pulled
-- Answers nothing if there is no window, else: 1 if it is known whom the viewer follows, the floor, the entries
-- as one string, which of the pulled authors the viewer follows, and which of the entries' (8 bytes each).
-- Fewer entries than asked means: no more above the floor.

if redis.call('EXPIRE', KEYS[1], ARGV[3]) == 0 then return false end
local wanted = tonumber(ARGV[2])
local count = redis.call('LLEN', KEYS[1]) - 1
local sentinel = redis.call('LINDEX', KEYS[1], -1)
local floor, pulled, followed = id_of(sentinel), {}, {}
-- The viewer's own posts are in the window, and nobody follows themselves.
local follows = {[ARGV[4]] = 1}
for at = 1, #ARGV[6], 8 do follows[string.sub(ARGV[6], at, at + 7)] = 0 end

if KEYS[2] then
  local known = redis.call('SMISMEMBER', KEYS[2], '0', unpack(ARGV, 7))
  if known[1] == 0 then return {0, floor, '', pulled, ''} end
  for i = 7, #ARGV do
    if known[i - 5] == 1 then pulled[#pulled + 1] = ARGV[i] end
  end
end

-- The decimal digits of 8 bytes, without a number above 2^53: 2^32 = 4294 * 10^6 + 967296.
local function decimal(bytes)
  local high, low = struct.unpack('>I4I4', bytes)
  local rest = high * 967296 + low
  local millions = high * 4294 + math.floor(rest / 1000000)
  if millions == 0 then return string.format('%.0f', rest) end
  return string.format('%.0f%06.0f', millions, math.fmod(rest, 1000000))
end

-- Ask, at once, about the authors of these entries that were not asked about before.
local function ask(entries)
  local asked, names = {}, {}
  for _, entry in ipairs(entries) do
    local via = string.sub(entry, 9)
    if not follows[via] then
      follows[via] = KEYS[2] and 0 or 1
      asked[#asked + 1] = via
      names[#names + 1] = KEYS[2] and decimal(via)
    end
  end
  if #names > 0 then
    local answers = redis.call('SMISMEMBER', KEYS[2], unpack(names))
    for i, via in ipairs(asked) do
      follows[via] = answers[i]
      if answers[i] == 1 then followed[#followed + 1] = via end
    end
  end
end

local shown = {}
local function show(entry)
  if #shown < wanted and follows[string.sub(entry, 9)] == 1 then shown[#shown + 1] = entry end
end

local opening = is_opening(sentinel)
local at = opening and count or locate(KEYS[1], ARGV[1], count)
if ARGV[5] == '1' then
  while not opening and at > 0 and #shown < wanted do
    local first = math.max(at - wanted, 0)
    local entries = redis.call('LRANGE', KEYS[1], first, at - 1)
    ask(entries)
    for i = #entries, 1, -1 do show(entries[i]) end
    at = first
  end
else
  if at < count and id_of(redis.call('LINDEX', KEYS[1], at)) == ARGV[1] then at = at + 1 end
  while at < count and #shown < wanted do
    local entries = redis.call('LRANGE', KEYS[1], at, math.min(at + wanted, count) - 1)
    ask(entries)
    for _, entry in ipairs(entries) do show(entry) end
    at = at + #entries
  end
end
return {1, floor, table.concat(shown), pulled, table.concat(followed)}
