"""Status: what each database says about itself, beside what the map says about it."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.utils import DatabaseError

from sharding import catalog, migrating, shard_map
from sharding.conf import settings
from sharding.errors import InstanceUnavailable
from sharding.ids import SHARDS

_CURRENT = "SELECT pg_current_wal_lsn()::text"
LAG = """
    SELECT pg_wal_lsn_diff(coalesce(%s::pg_lsn, pg_last_wal_receive_lsn()), pg_last_wal_replay_lsn())::bigint,
           coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)::float,
           CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END"""
_POLL_S = 0.02


def _read_map() -> shard_map.ShardMap | None:
    """Return the map, or None where the directory does not say it: its own entry tells why."""
    try:
        return shard_map.refresh()
    except InstanceUnavailable:
        return None


@dataclass(frozen=True, slots=True)
class _Survey:
    """What databases are held against: the map, the digest of the migrations, and each other."""

    laid: shard_map.ShardMap | None = field(default_factory=_read_map)
    digest: str = field(default_factory=migrating.digest)
    catalogs: dict[str, catalog.Catalog] = field(default_factory=dict)


def describe_map() -> list[dict[str, Any]]:
    """Return the map as runs of equal shards."""
    return [
        {"first": first, "last": last, "instance": instance, "state": state, "epoch": epoch}
        for first, last, instance, state, epoch in shard_map.refresh().ranges()
    ]


def describe_databases() -> list[dict[str, Any]]:
    """Return one entry for each database; `is_well` is False where something is wrong."""
    survey = _Survey()
    found = [_describe(settings().directory, "directory", _describe_primary, survey)]
    for instance in settings().instances:
        found.append(_describe(instance, "instance", _describe_instance, survey))
        found += [
            _describe(replica, "replica", _describe_replica, survey)
            for replica in settings().replicas.get(instance, ())
        ]
    drift = catalog.list_drift(survey.catalogs)
    return [_with_drift(entry, drift) for entry in found]


def explain(error: Exception) -> str:
    """Return what an operator is told: that a database cannot be reached, and what the driver says of it."""
    said = [str(error).strip()]
    if isinstance(error, InstanceUnavailable) and error.__cause__ is not None:
        said += str(error.__cause__).split("\n")[:1]
    return ": ".join(said)


def _describe(alias: str, role: str, describe: Any, survey: _Survey) -> dict[str, Any]:
    entry = {"alias": alias, "role": role, "is_reachable": True}
    try:
        entry |= describe(alias, survey)
    except DatabaseError as error:
        entry |= {"is_reachable": False, "is_well": False, "error": explain(error)}
    return entry


def _with_drift(entry: dict[str, Any], drift: dict[str, list[str]]) -> dict[str, Any]:
    if entry["alias"] not in drift:
        return entry
    lines = drift[entry["alias"]]
    return entry | {"drift": lines, "is_well": entry["is_well"] and not lines}


def _describe_primary(alias: str, survey: _Survey) -> dict[str, Any]:
    stage = migrating.stage_of(alias, survey.digest)
    if stage != migrating.EMPTY:
        survey.catalogs[alias] = catalog.read(alias)
    return {"schema": stage, "is_well": stage == migrating.CURRENT}


def _describe_instance(alias: str, survey: _Survey) -> dict[str, Any]:
    entry, laid = _describe_primary(alias, survey), survey.laid
    if laid is None:
        return entry
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT shard, epoch FROM shard_ownership WHERE state = 'owned'")
        owned = dict(cursor.fetchall())
    mapped = {shard: laid.epoch_of(shard) for shard in range(SHARDS) if laid.alias_of(shard) == alias}
    differing = sorted(set(owned.items()) ^ set(mapped.items()))
    return entry | {
        "shards": len(mapped),
        "owned": len(owned),
        "differing": len({shard for shard, _ in differing}),
        "states": dict(Counter(laid.state_of(shard) for shard in mapped)),
        "is_well": entry["is_well"] and not differing,
    }


def _describe_replica(alias: str, survey: _Survey) -> dict[str, Any]:
    position = _position_of_primary(alias)
    # One that is not by then where its primary was has left the rotation as well.
    until = time.monotonic() + settings().replica_lag_s
    behind, seconds, is_paused = first = _lag_of(alias, position)
    if is_paused is None:
        return {"is_well": False, "error": "it takes writes and is no replica any more: make it anew"}
    while behind and not is_paused and time.monotonic() < until:
        time.sleep(_POLL_S)
        behind, seconds, is_paused = _lag_of(alias, position)
    return {
        "bytes_behind": first[0],
        # Behind an idle primary the time since the last replay grows, and nothing is late.
        "seconds_behind": round(seconds, 3) if behind else 0.0,
        "is_paused": is_paused,
        "is_well": behind == 0 and not is_paused,
    }


def _position_of_primary(replica: str) -> str | None:
    """Return where a replica's primary is now, or None if it does not say: its own entry tells why."""
    [primary] = [name for name, replicas in settings().replicas.items() if replica in replicas]
    try:
        with connections[primary].cursor() as cursor:
            cursor.execute(_CURRENT)
            position: str = cursor.fetchone()[0]
    except DatabaseError:
        return None
    return position


def _lag_of(replica: str, position: str | None) -> tuple[int | None, float, bool | None]:
    """
    Return how many bytes a replica is behind a position, how old its last commit is, if it is paused.

    The last is None of one that was promoted.
    """
    with connections[replica].cursor() as cursor:
        cursor.execute(LAG, [position])
        behind, seconds, is_paused = cursor.fetchone()
    return None if behind is None else max(behind, 0), seconds, is_paused
