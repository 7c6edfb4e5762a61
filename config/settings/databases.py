"""Database aliases: `default` is the directory, then one alias for each instance and each replica."""

from typing import Any

from config.addresses import Database
from config.env import Env
from sharding.conf import IDLE_IN_TRANSACTION_MS, Roles, ShardingSettings


def databases(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES; behind a pooler, with the way past it (sharding/direct.py)."""
    is_pooled = env.pooled == "on"
    primaries = {"default": env.directory_url, **env.instances}
    found = {alias: _primary(server, env, is_pooled=is_pooled) for alias, server in primaries.items()}
    if env.direct_directory_url is not None:
        for alias, server in {"default": env.direct_directory_url, **env.direct_instances}.items():
            found[alias]["DIRECT"] = _primary(server, env, is_pooled=False)
    replicas = {alias: _alias(server, env, is_pooled=is_pooled) for alias, server in env.replicas.items()}
    return found | replicas


def sharding(env: Env, *, serial: bool = False) -> ShardingSettings:
    """Return what the sharding package needs to know; a replica `a_replica1` belongs to instance `a`."""
    return ShardingSettings(
        instances=tuple(env.instances),
        replicas={
            instance: tuple(name for name in env.replicas if name.rpartition("_")[0] == instance)
            for instance in env.instances
        },
        state_dir=env.state_dir,
        heartbeat_dir=env.heartbeat_dir,
        roles=Roles(api=env.api_role, relay=env.relay_role),
        pool_threads=env.scatter_threads,
        serial=serial,
        lock_timeout_ms=env.lock_timeout_ms,
        # Longer than for a lock: who waits for another request is told so, not that a server is away.
        request_wait_ms=max(env.database_wait_ms, env.lock_timeout_ms + 300),
        statement_timeout_ms=env.statement_timeout_ms,
        slow_waits=max(1, (env.web_threads + env.scatter_threads) // 4),
    )


def _primary(server: Database, env: Env, *, is_pooled: bool) -> dict[str, Any]:
    """Return an alias that is written to: of several hosts, the one that takes writes."""
    alias = _alias(server, env, is_pooled=is_pooled)
    if any("," in server.parameters.get(name, "") for name in ("host", "hostaddr")):
        alias["OPTIONS"].setdefault("target_session_attrs", "read-write")
    return alias


def _alias(server: Database, env: Env, *, is_pooled: bool) -> dict[str, Any]:
    said = dict(server.parameters)
    return {
        "ENGINE": "sharding.backend",
        "NAME": said.pop("dbname"),
        "USER": said.pop("user", ""),
        "PASSWORD": said.pop("password", ""),
        "HOST": said.pop("host", ""),
        "PORT": said.pop("port", "5432"),
        # Persistent and no pool: a connection costs PostgreSQL 2.7 ms, a pool 20 us a query (speed.md).
        "CONN_MAX_AGE": None,
        "POOLED": is_pooled,
        # What lives longer than a transaction is left on a server that is another's by then.
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        # What the URL says goes before what is said here, but for time limits: those have variables.
        "OPTIONS": {
            "connect_timeout": 2,
            "tcp_user_timeout": 3000,
            "keepalives_idle": 5,
            # Whoever starts a process may call it something else: PGAPPNAME.
            "fallback_application_name": "banyan",
            **said,
            # PgBouncer refuses them at the start of a session, or drops them: there the role has them, and
            # each connection proves that (sharding/backend/limits.py).
            **({} if is_pooled else {"options": _with_limits(said.get("options", ""), env)}),
        },
    }


def _with_limits(options: str, env: Env) -> str:
    """Return options of a session with the time limits of the server added."""
    limits = {
        "statement_timeout": env.statement_timeout_ms,
        "lock_timeout": env.lock_timeout_ms,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
    }
    return " ".join([options, *(f"-c {name}={value}" for name, value in limits.items())]).lstrip()
