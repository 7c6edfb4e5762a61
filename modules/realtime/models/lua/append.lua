-- Append one event to logs, where they exist, and tell who listens. A repeat changes nothing.
-- KEYS: logs of one server. ARGV: the event's mark, its entry without its numbers, elements kept.
-- A log is a list of pairs, mark and entry; an entry begins with its number and that of the one before it.
-- Numbers are the microseconds of now, or one more than the last. A server that lost the end of a log, as one killed
-- amid a write or a replica that was promoted has, thus gives no number again that somebody was told.
-- Returns how many logs took it.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local taken = 0
for _, key in ipairs(KEYS) do
  local last = redis.pcall('LINDEX', key, -1)
  local number = type(last) == 'string' and string.match(last, '^(%d+) ')
  if not number then
    -- Nobody has read here for a day, or the log is lost: those who listen all the same must begin anew.
    redis.call('PUBLISH', key, 'gone')
  elseif not redis.call('LPOS', key, ARGV[1], 'RANK', -1) then
    local entry = string.format('%.0f %s %s', math.max(now, tonumber(number) + 1), number, ARGV[2])
    redis.call('RPUSH', key, ARGV[1], entry)
    redis.call('LTRIM', key, -ARGV[3], -1)
    redis.call('PUBLISH', key, entry)
    taken = taken + 1
  end
end
return taken
