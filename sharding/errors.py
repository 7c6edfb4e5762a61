"""What sharding refuses, and why; none is a ValueError, which DRF's validators and Django's forms swallow."""

from django.db.utils import OperationalError


class ShardingError(Exception):
    """The base of all refusals of this package."""


class NoShard(ShardingError):
    """Nothing says where: no owner, no binding; or a write outside a binding."""


class Unscoped(ShardingError):
    """The place is known but not the rows: neither owner key nor ids limit the query."""


class WrongShard(ShardingError):
    """The rows belong to another shard (or database) than the one bound or pinned."""


class Refused(ShardingError):
    """The call has no meaning on a sharded model; the message names the one that has."""


class ShardMoved(ShardingError):
    """The instance does not own the shard any more; the map is fresh now, so one retry is worth it."""

    def __init__(self, shard: int | None, alias: str) -> None:
        super().__init__(f"{alias} does not own the shard {'it was asked for' if shard is None else shard}")
        self.shard = shard
        self.alias = alias


#: Of a write that failed: nothing happened; or nobody can say.
NONE, UNKNOWN = "none", "unknown"


class InstanceUnavailable(ShardingError, OperationalError):
    """
    A database cannot be reached, does not answer, or the connection broke.

    One of Django's errors as well, since it is raised where Django and its guests expect one of those:
    `atomic` gives a connection up by it. `outcome` says what became of a write.
    """

    def __init__(self, alias: str, outcome: str = UNKNOWN) -> None:
        super().__init__(f"the database {alias} cannot be reached")
        self.alias = alias
        self.outcome = outcome


class AlreadyDone(ShardingError):
    """The `once` row stands already: here is the answer that was kept with it, if any."""

    def __init__(self, status: int | None = None, body: bytes | None = None) -> None:
        super().__init__("this was done before")
        self.status = status
        self.body = body


class OnceSpread(ShardingError):
    """One `once` was passed on for two owners: a repeat would stop at the first, and never do the others."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"{scope} writes for several owners with one `once`: use for_each_owner.")


class KeyReused(ShardingError):
    """The same key came with another fingerprint: a client's bug, never a repeat."""


class InFlight(ShardingError):
    """Another transaction holds the same key and did not finish within the lock timeout."""


def sqlstate_of(error: BaseException) -> str | None:
    """Return the SQLSTATE under a Django database error."""
    return getattr(error.__cause__, "sqlstate", None)
