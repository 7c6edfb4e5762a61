"""Pushes: by which keys and servers they go."""

from email.utils import parseaddr

from config.checks_of_values import unfold
from config.env import Env
from modules.push.schemas import PushSettings


def push(env: Env) -> PushSettings:
    """Return the keys and servers of pushes; push services are told of who answers for them."""
    is_public = env.public_url.startswith("https://")
    return PushSettings(
        private_key=unfold(env.vapid_private_key),
        contact=env.public_url if is_public else f"mailto:{parseaddr(env.email_from)[1]}",
        provider_url=env.push_provider_url,
        provider_secret=env.push_provider_secret,
        private_hosts=frozenset(env.push_private_hosts),
        site_name=env.site_name,
    )
