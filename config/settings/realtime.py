"""Sockets: how many, and of whose pages."""

from typing import Any
from urllib.parse import urlsplit

from config.addresses import local_url
from config.env import Env
from modules.realtime.schemas import RealtimeSettings

# Over the hot Redis of each instance, as its shard map says; channels_redis hashes names over servers, and
# its core layer drops what is newest without a word.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "modules.realtime.services.layer.InstanceLayer"}
}


def realtime(env: Env) -> RealtimeSettings:
    """Return the limits of realtime and whose pages may open sockets: the service's own, and CORS's."""
    base = env.realtime_url or env.public_url or local_url(env.realtime_port)
    own = {_origin(url) for url in (env.public_url, env.frontend_url) if url}
    return RealtimeSettings(
        url=f"{base.replace('http', 'ws', 1)}/v1/realtime",
        sockets=env.sockets,
        sockets_per_user=env.sockets_per_user,
        origins=frozenset(own | set(env.cors_origins) | set(env.trusted_origins)),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
