-- Make a window before it is filled, so that nothing delivered during the pull is lost.
--
-- KEYS[1] window · ARGV[1] token (8 bytes) · ARGV[2] seconds that an unfilled window lives
-- Answers the sentinel. If it begins with MAX, the caller pulls now and fills with this sentinel; a window
-- that somebody else is opening gives their sentinel, which serves both. A window that stands is left alone.

local sentinel = redis.call('LINDEX', KEYS[1], -1)
if not sentinel then
  sentinel = MAX .. ARGV[1]
  redis.call('RPUSH', KEYS[1], sentinel)
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
is_opening(sentinel) -- or else not ours, and to be dropped
return sentinel
