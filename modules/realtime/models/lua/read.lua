-- Read what a log has after a number, and keep the log for a day more; without a log, begin one.
-- KEYS: the log. ARGV: the number, or nothing; the life in seconds.
-- Returns the last number, and the pairs after the one given; false where it cannot say what is after it, for it
-- has no such number: it is older than the log, or the log was lost, or its end.
-- A new log begins at the microseconds of now: above whatever a log before it, that was lost, can have reached.
local key, after = KEYS[1], ARGV[1]
local last = redis.pcall('LINDEX', key, -1)
local number = type(last) == 'string' and string.match(last, '^(%d+) ')
if not number then
  redis.call('UNLINK', key)
  local time = redis.call('TIME')
  number = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('RPUSH', key, '-', number .. ' - - - ')
  redis.call('EXPIRE', key, ARGV[2])
  return {number, after == '' and {} or false}
end
redis.call('EXPIRE', key, ARGV[2])
if after == '' or after == number then return {number, {}} end
-- Most have missed little: from the end, and each time twice as far.
local many = 8
while true do
  local found = redis.call('LRANGE', key, -2 * many, -1)
  for at = #found, 2, -2 do
    if string.match(found[at], '^%d+ (%S+) ') == after then
      local missed = {}
      for each = at - 1, #found do missed[#missed + 1] = found[each] end
      return {number, missed}
    end
  end
  if #found < 2 * many then return {number, false} end
  many = 2 * many
end
