"""Settings of the sharding package: one frozen object, filled by `config/settings/databases.py`."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings as django_settings

#: How long a server lets a transaction stand idle.
IDLE_IN_TRANSACTION_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The PostgreSQL roles that migrations give rights to; empty where processes run as the owner."""

    api: str = ""
    relay: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardingSettings:
    """The topology and the patience of sharding."""

    instances: tuple[str, ...]
    replicas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    state_dir: Path = Path(".banyan/state")
    #: Where processes leave their heartbeats; nowhere, if None.
    heartbeat_dir: Path | None = None
    #: To whom `shards migrate` gives what processes need.
    roles: Roles = Roles()
    directory: str = "default"
    #: How much of the new users an instance takes; absent means 1.0, zero means none.
    weights: dict[str, float] = field(default_factory=dict)
    pool_threads: int = 8
    #: Scatter in the caller's thread, so that a test's transaction sees all and counts all.
    serial: bool = False
    #: How long a repeat waits for the holder of the same `once` key.
    lock_timeout_ms: int = 2000
    #: How long a request waits for databases, all its waits that are noticed together.
    request_wait_ms: int = 800
    #: What the servers allow a statement; outside of requests nobody waits much longer.
    statement_timeout_ms: int = 5000
    #: How many threads of a process may wait for one database: a quarter of them.
    slow_waits: int = 2
    #: How long a read waits for its replica before it takes the primary.
    freshness_wait_ms: int = 20
    #: How often this process looks how far replicas are; 0 means never, and all are read (tests, commands).
    replica_check_s: float = 1.0
    #: How far behind a replica may be before nobody reads it; well below the life of a caller's marks.
    replica_lag_s: float = 5.0
    #: How often the map is read again; 0 means never by itself (tests, one-off commands).
    shard_map_ttl: float = 2.0


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How patient the relay is, in seconds, and who keeps it company."""

    poll_s: float = 0.025
    # What a killed worker held is back after two of them: its own, and that of what waited behind it.
    lease_s: float = 4.0
    backoff_s: float = 1.0
    # After the broker refused a message: how long its deliveries wait before they are sent again.
    broker_wait_s: float = 1.0
    #: What runs beside the relays of a process: paths of functions of them and of what stops them.
    companions: tuple[str, ...] = ()


def settings() -> ShardingSettings:
    """Return the settings object that `config` filled."""
    return django_settings.SHARDING


def relay_settings() -> RelaySettings:
    """Return the relay's settings object that `config` filled."""
    return django_settings.RELAY
