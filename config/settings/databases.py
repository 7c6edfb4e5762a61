"""Database aliases: `default` is the directory, then one alias for each instance and each replica."""

from typing import Any

from config.addresses import Database
from config.env import Env
from sharding.conf import Roles, ShardingSettings


def databases(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES."""
    servers = {"default": env.directory_url, **env.instances, **env.replicas}
    return {alias: _alias(server, env) for alias, server in servers.items()}


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


def _alias(server: Database, env: Env) -> dict[str, Any]:
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
        # What the URL says goes before what is said here, but for time limits: those have variables.
        "OPTIONS": {
            "connect_timeout": 2,
            "tcp_user_timeout": 3000,
            "keepalives_idle": 5,
            # Whoever starts a process may call it something else: PGAPPNAME.
            "fallback_application_name": "banyan",
            **said,
            "options": f"{said.get('options', '')} -c statement_timeout={env.statement_timeout_ms}"
            f" -c lock_timeout={env.lock_timeout_ms} -c idle_in_transaction_session_timeout=10000".lstrip(),
        },
    }
