-- Read what a log has after a number, and keep the log for a day more; without a log, begin one.
-- KEYS: the log. ARGV: the number, or nothing; the life in seconds.
-- Returns the last number, and the pairs after the one given; false where it cannot say what is after it.
-- A new log begins at the microseconds of now: above whatever a log before it, that was lost, can have reached.
local key, after = KEYS[1], tonumber(ARGV[1])
local last = redis.pcall('LINDEX', key, -1)
local number = type(last) == 'string' and string.match(last, '^(%d+) ')
if not number then
  redis.call('UNLINK', key)
  local time = redis.call('TIME')
  number = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('RPUSH', key, '-', number .. ' - - ')
  redis.call('EXPIRE', key, ARGV[2])
  return {number, not after and {} or false}
end
redis.call('EXPIRE', key, ARGV[2])
if not after then return {number, {}} end
local first = string.match(redis.call('LINDEX', key, 1), '^(%d+) ')
local missed = number - after
if missed < 0 or after < first - 1 then return {number, false} end
return {number, missed > 0 and redis.call('LRANGE', key, -2 * missed, -1) or {}}
