"""How servers have to be named for each other in the environment; each check says what would be right."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from typing import Any

from environs import ValidationError

# What once named a Redis for a purpose, and what goes in its place.
_BY_INSTANCE = "BANYAN_REDIS_HOT_URLS names a Redis for each instance"
RETIRED_REDIS = {
    "REDIS_TIMELINES_URL": _BY_INSTANCE,
    "REDIS_CARDS_URL": _BY_INSTANCE,
    "REDIS_SESSIONS_URL": _BY_INSTANCE,
    "REDIS_LIMITS_URL": _BY_INSTANCE,
    "REDIS_BROKER_URL": "BANYAN_BROKER_URL takes the same URL, or that of a RabbitMQ",
}


def check_role(role: str) -> None:
    """:raises ValidationError: unless it is empty or a name that needs no quotes"""
    if role and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValidationError("expected the name of a PostgreSQL role, as banyan_api")


def check_named(servers: Collection[str]) -> None:
    """:raises ValidationError: if there is none, or one is called as the directory is"""
    if not servers or not {"default", "directory"}.isdisjoint(servers):
        raise ValidationError(
            "expected a=postgres://…,b=postgres://…, at least one, none of them 'default' or 'directory'"
        )


def hot_servers_of(instances: Any) -> Callable[[Collection[str]], None]:
    """Return a check that each instance has a hot Redis, and the directory, and nobody else."""
    wanted = ["directory", *(instances or {})]

    def check(servers: Collection[str]) -> None:
        if os.environ.get("BANYAN_REDIS_HOT_URL"):
            raise ValidationError("say either BANYAN_REDIS_HOT_URL, one for all, or BANYAN_REDIS_HOT_URLS")
        missing = [name for name in wanted if name not in servers]
        unknown = [name for name in servers if name not in wanted]
        if missing or unknown:
            expected = ",".join(f"{name}=redis://…" for name in wanted)
            lacks = f"; {', '.join(missing)} missing" if missing else ""
            knows = f"; BANYAN_INSTANCES has no {', '.join(map(repr, unknown))}" if unknown else ""
            raise ValidationError(f"expected {expected}{lacks}{knows}")

    return check


def retired(instead: str) -> Callable[[str], None]:
    """Return a check that a server is not named where nobody would look for it."""

    def check(url: str) -> None:
        if url:
            raise ValidationError(f"is no more: {instead}")

    return check


def direct_of(instances: Any) -> Callable[[Collection[str]], None]:
    """Return a check that the same instances are named as in BANYAN_INSTANCES, which is read before."""

    def check(servers: Collection[str]) -> None:
        if set(servers) != set(instances or {}):
            expected = ",".join(f"{name}=postgres://…" for name in instances or {})
            raise ValidationError(
                f"BANYAN_POOLED=on needs {expected} of the servers themselves, past the pooler"
            )

    return check


def replicas_of(instances: Any) -> Callable[[Collection[str]], None]:
    """Return a check that replicas are called by their instances, which are read before them."""

    def check(replicas: Collection[str]) -> None:
        for name in replicas:
            if name.rpartition("_")[0] not in (instances or {}):
                raise ValidationError(f"expected a_replica1=postgres://…, of an instance a; not {name!r}")

    return check
