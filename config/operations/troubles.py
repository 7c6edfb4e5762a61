"""What of all that was found is to be seen to, in words; docs/operations.md#watch says what to do."""

from collections.abc import Iterator
from typing import Any

#: What may wait so long, in seconds, and be so many; the alerts of Prometheus (docs/metrics.md) say the same.
MAX_AGE_S = 60.0
MAX_QUEUE = 1_000
MAX_TICK_S = 90.0
MAX_LAG_S = 5.0
FULL = 0.8

Found = dict[str, Any]

_STATES = {
    "frozen": "takes connections and does not answer",
    "away": "cannot be reached",
    "paused": "does not replay: it is paused",
    "demoted": "is a standby where a primary should be",
}


def list_troubles(told: Found) -> list[str]:
    """Return what is wrong, what weighs most first."""
    return [
        *_of_databases(told["databases"]),
        *_of_outboxes(told["outboxes"]),
        *_of_redis(told["redis"]),
        *_of_queues(told),
        *_of_processes(told),
    ]


def _of_databases(databases: list[Found]) -> Iterator[str]:
    for each in databases:
        if each["state"] in _STATES:
            yield f"{each['name']} {_STATES[each['state']]}."
        elif each["state"] == "behind" and each["lag_seconds"] > MAX_LAG_S:
            yield f"{each['name']} is {each['lag_seconds']:g} s behind {each['primary']}."
        elif each["owned_shards"] != each["shards"]:
            yield f"{each['name']} owns {each['owned_shards']} shards, and the map gives it {each['shards']}."
        if each["turned_away_by"]:
            yield f"{', '.join(each['turned_away_by'])} {_do(each)} not ask {each['name']}: breaker open."


def _of_outboxes(outboxes: list[Found]) -> Iterator[str]:
    for each in outboxes:
        if each["leader"] is None:
            yield f"No relay leads {each['database']}."
        if each["oldest_seconds"] > MAX_AGE_S:
            yield f"The oldest event of {each['database']} has waited for {each['oldest_seconds']:g} s."
        if each["dead"]:
            yield f"{each['database']} has {each['dead']} dead: manage.py outbox dead."


def _of_redis(servers: list[Found]) -> Iterator[str]:
    for each in servers:
        if each["state"] == "away":
            yield f"The Redis of {each['name']} does not answer."
        elif each["max_bytes"] and each["used_bytes"] > FULL * each["max_bytes"]:
            yield f"The Redis of {each['name']} is {each['used_bytes'] / each['max_bytes']:.0%} full."
        if each["turned_away_by"]:
            who = ", ".join(each["turned_away_by"])
            yield f"{who} {_do(each)} not ask the Redis of {each['name']}: breaker open."


def _of_queues(told: Found) -> Iterator[str]:
    if told["broker"] == "away":
        yield "The broker does not answer."
    for each in told["queues"]:
        most = 0 if each["queue"] == "dead" else MAX_QUEUE
        if (each["messages"] or 0) > most:
            yield f"The queue {each['queue']} holds {each['messages']:,} messages."


def _of_processes(told: Found) -> Iterator[str]:
    for each in told["processes"]:
        if each["state"] == "silent":
            yield f"{each['kind']} {each['pid']} on {each['host']} is silent."
        elif each["state"] == "idle":
            yield f"{each['kind']} {each['pid']} on {each['host']} {each['says']}."
    for kind in ("worker", "relay", "beat"):
        if not any(each["kind"] == kind for each in told["processes"]):
            yield f"No {kind} is heard of."
    ticked = told["beat"]["ticked_seconds"]
    if ticked is not None and ticked > MAX_TICK_S:
        yield f"The clock (beat) ticked last {ticked:g} s ago."


def _do(each: Found) -> str:
    return "does" if len(each["turned_away_by"]) == 1 else "do"
