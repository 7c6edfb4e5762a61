"""What a process that holds sockets has once: its layer, who is there, and what it listens to for all."""

import asyncio
import time
from collections.abc import Callable
from functools import cache

from channels.layers import get_channel_layer

from modules.accounts.schemas import REVOCATIONS
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import DIRECTORY, group_by_redis, redis
from modules.posts.schemas import TAG_NEWS
from modules.realtime.selectors.updates import prolong
from modules.realtime.services.figures import Figures
from modules.realtime.services.home_hints import HomeHints
from modules.realtime.services.layer import InstanceLayer
from modules.realtime.services.registry import registry
from modules.realtime.services.subscriptions import Sources
from modules.realtime.services.tag_hints import TagHints
from modules.realtime.services.threads import in_thread
from modules.timelines.schemas import HOME_NEWS
from sharding import outages

# Far less than a log lives.
_PROLONG_S = 1800.0
# Each asks the directory then: a thousand sockets are cut off within five seconds, more take longer.
_LOOKED_AT_EACH_SECOND = 200


@cache
def layer() -> InstanceLayer:
    """Return the channel layer of this process."""
    made: InstanceLayer = get_channel_layer()
    return made


@cache
def sources() -> Sources:
    """Return what tells news of topics to all sockets of this process."""
    return Sources(home=HomeHints(layer()), tags=TagHints(layer()), figures=Figures(layer()))


def begin(look: Callable[[], bytes]) -> None:
    """Listen to what concerns all sockets, in the loop that runs; `look` finds what operators are told."""
    layer().watch(redis(DIRECTORY), REVOCATIONS, registry.hear_revocation, registry.look_again)
    layer().watch_all(HOME_NEWS, sources().home.hear)
    layer().watch_all(TAG_NEWS, sources().tags.hear)
    sources().figures.begin(look)


async def watch() -> None:
    """Keep the logs of all who are here; and their credentials, while nobody hears of what ends."""
    listener, since = layer().listener(redis(DIRECTORY)), time.monotonic()
    while True:
        await asyncio.sleep(1.0)
        if not listener.is_connected:
            registry.look_again(_LOOKED_AT_EACH_SECOND)
        if time.monotonic() - since >= _PROLONG_S:
            since = time.monotonic()
            await _prolong_logs()


async def _prolong_logs() -> None:
    for client, user_ids in group_by_redis(registry.user_ids).items():
        try:
            await in_thread(prolong, client, user_ids)
        except RedisUnavailable as error:
            outages.met(error.server, error)
