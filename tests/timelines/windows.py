"""One reader's window in Redis, with ids far above 2^53."""

from modules.kernel.redis.servers import redis
from modules.timelines.models import windows

VIEWER = 2**62 + 17
AUTHORS = [2**62 + 2**40 + n for n in range(4)]
# Neighbors far above 2^53, where a Lua number cannot tell one from the next.
FIRST_POST = 2**62 + 2**54 + 1
KEY = windows.home(VIEWER)
FOLLOWING = b"fol:%d" % VIEWER


def follow(*author_ids):
    redis("a").run(("DEL", FOLLOWING), ("SADD", FOLLOWING, "0", *author_ids))
