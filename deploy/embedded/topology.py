"""The servers of a stack, and the environment variables that lead to them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from deploy.embedded.layout import Layout
from deploy.embedded.postgres import Server
from deploy.embedded.redis import Redis
from deploy.embedded.secrets import Secrets

DIRECTORY = "directory"
INSTANCES = ("a", "b")
REPLICAS = {"a_replica1": "a"}
CACHE, HOT, BROKER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Topology:
    """Directory, instances, their replicas, Redis."""

    layout: Layout
    secrets: Secrets
    primaries: dict[str, Server]
    replicas: dict[str, Server]
    redis: Redis

    def env(self) -> dict[str, str]:
        """Return the variables of config/env.py that describe these servers."""
        return {
            "BANYAN_SECRET_KEY": self.secrets.secret_key,
            "BANYAN_OIDC_PRIVATE_KEY": self.secrets.oidc_private_key,
            "BANYAN_VAPID_PRIVATE_KEY": self.secrets.vapid_private_key,
            "BANYAN_EMAIL_URL": f"file://{self.layout.mails}",
            # Whoever tries the service out on their own machine has no mailbox but `make mail`.
            "BANYAN_EMAIL_VERIFICATION": os.environ.get("BANYAN_EMAIL_VERIFICATION", "optional"),
            # The cores are shared with four PostgreSQL, Redis and an editor.
            "BANYAN_WEB_WORKERS": os.environ.get("BANYAN_WEB_WORKERS", "2"),
            "BANYAN_STATE_DIR": str(self.layout.state),
            "BANYAN_MEDIA_DIR": str(self.layout.media),
            "BANYAN_DIRECTORY_URL": self.primaries[DIRECTORY].url,
            "BANYAN_INSTANCES": _listed({name: self.primaries[name] for name in INSTANCES}),
            "BANYAN_REPLICAS": _listed(self.replicas),
            "BANYAN_REDIS_CACHE_URL": self.redis.url(CACHE),
            "BANYAN_REDIS_HOT_URL": self.redis.url(HOT),
            "BANYAN_BROKER_URL": self.redis.url(BROKER),
        }


def build(layout: Layout, secrets: Secrets, *, is_durable: bool = True) -> Topology:
    """Describe the servers of a layout; starts nothing."""
    binaries = layout.binaries()

    def server(name: str) -> Server:
        return Server(
            name=name,
            data=layout.data / name,
            sockets=layout.sockets / name,
            binaries=binaries,
            account=layout.account,
            is_durable=is_durable,
        )

    redis = Redis(
        sockets=layout.sockets,
        password=secrets.redis_password,
        data=layout.data / "redis",
        binaries=binaries,
        account=layout.account,
        is_durable=is_durable,
    )
    return Topology(
        layout=layout,
        secrets=secrets,
        primaries={name: server(name) for name in (DIRECTORY, *INSTANCES)},
        replicas={name: server(name) for name in REPLICAS},
        redis=redis,
    )


def _listed(servers: dict[str, Server]) -> str:
    return ",".join(f"{name}={server.url}" for name, server in servers.items())
