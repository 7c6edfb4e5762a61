"""
One trip to several servers: what each is asked is sent to all, then all are read, in the caller's thread.

A server that is away takes nothing from the others. All together wait as long as one of them alone may.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules.kernel.redis.client import Command, RedisClient, RedisUnavailable
from modules.kernel.redis.script import counters

Asked = Mapping[RedisClient, Sequence[Command]]
# Who did not answer, and why.
Failures = dict[RedisClient, RedisUnavailable]


@dataclass(slots=True)
class Replies:
    """What came of a trip: replies of each server in order, and why those are missing that did not answer."""

    by_client: dict[RedisClient, list[Any]] = field(default_factory=dict)
    failures: Failures = field(default_factory=dict)


def ask_each(asked: Asked) -> Replies:
    """
    Run each server's commands, all servers at once; whoever is away is among the `failures`.

    :raises RedisCommandError: if a command is refused; all others have still run
    """
    found = Replies()
    if len(asked) < 2:
        for client, commands in asked.items():
            try:
                found.by_client[client] = client.run(*commands)
            except RedisUnavailable as error:
                found.failures[client] = error
        return found
    _count(asked)
    started = time.monotonic()
    sent: list[RedisClient] = []
    try:
        _send(asked, sent, found)
        # Last first out: whoever is taken has a connection in order again, or none.
        sent.reverse()
        while sent:
            _receive(sent.pop(), asked, started, found)
    finally:
        for client in sent:
            client.drop()
    return found


def tell_each(asked: Asked) -> list[Any]:
    """
    Run each server's commands, all servers at once; return the replies of all, server by server.

    :raises RedisUnavailable: if any server is away; what the others were told has been done
    :raises RedisCommandError: as `ask_each`
    """
    found = ask_each(asked)
    for failure in found.failures.values():
        raise failure
    return [reply for replies in found.by_client.values() for reply in replies]


def _send(asked: Asked, sent: list[RedisClient], found: Replies) -> None:
    """Send to each what it is asked, and note in `sent` who is going to answer."""
    for client, commands in asked.items():
        try:
            client.send(commands)
        except RedisUnavailable as error:
            found.failures[client] = error
        else:
            sent.append(client)


def _receive(client: RedisClient, asked: Asked, started: float, found: Replies) -> None:
    """Read what one answers; where another has kept us waiting, that time is over for this one too."""
    within = started + client.timeout - time.monotonic() if found.failures else None
    try:
        found.by_client[client] = client.receive(asked[client], within=within)
    except RedisUnavailable as error:
        found.failures[client] = error


def _count(asked: Asked) -> None:
    """Count one trip, for nobody waits twice."""
    for counter in counters:
        counter.trips += 1
        counter.commands += sum(map(len, asked.values()))
