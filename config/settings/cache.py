"""Three levels of caching and which Redis each uses; `docs/caching.md` names every cached thing."""

from typing import Any

from config.env import Env

# Small, read-mostly tables of the directory; nothing on shards, and never the shard map (sharding.md).
CACHALOT_TABLES = frozenset({"accounts_reservedname"})


def caches(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's CACHES; errors of Redis are swallowed, for the cache alone may be missing."""
    return {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": env.redis_cache_url,
            "KEY_PREFIX": "cache",
            "OPTIONS": {
                # Data only: pickles would run whatever somebody else has written there.
                "SERIALIZER": "config.plain_data.PlainDataSerializer",
                "SOCKET_CONNECT_TIMEOUT": 0.2,
                "SOCKET_TIMEOUT": 0.2,
                "IGNORE_EXCEPTIONS": True,
            },
        },
        # Parts of mails, named by all that they show. A worker sends thousands in a row: a trip to Redis for
        # each would cost more than it saves.
        "fragments": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "fragments",
            "OPTIONS": {"MAX_ENTRIES": 2_000},
        },
    }
