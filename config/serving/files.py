"""How many clients a worker may hold: each is an open file."""

import resource

CONNECTIONS = 1_000
# Databases, Redis, logs, and what the loop itself has open.
_OTHERS = 200
_FEWEST = 50


def allow_connections() -> int:
    """Raise the limit of open files as far as is needed and allowed; return what it is enough for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHERS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(_FEWEST, soft - _OTHERS)
    return CONNECTIONS
