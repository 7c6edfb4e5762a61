-- Say of each window whether it holds a post.
--
-- KEYS windows · ARGV[1] post id (8 bytes)
-- Answers 1 or 0 for each.

local answers = {}
for i, key in ipairs(KEYS) do
  local count = redis.call('LLEN', key) - 1
  local at = count > 0 and locate(key, ARGV[1], count) or count
  answers[i] = at < count and id_of(redis.call('LINDEX', key, at)) == ARGV[1] and 1 or 0
end
return answers
