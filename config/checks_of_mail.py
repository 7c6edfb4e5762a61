"""What variables of mail have to look like; each check says what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from environs import ValidationError

from config import checks_of_values as values

# In the folder of anymail's backends, and no provider.
_NO_PROVIDERS = {"base", "base_requests", "console", "test"}
# Whoever knows it can have any address marked undeliverable.
_SHORTEST_SECRET = 16
_HINT = 'expected JSON: {"POSTMARK_SERVER_TOKEN": "…", "WEBHOOK_SECRET": "name:a long password"}'


def is_provider(name: str) -> bool:
    """Return whether anymail has a backend of this name."""
    is_name = re.fullmatch("[a-z][a-z_]{1,30}", name) is not None and name not in _NO_PROVIDERS
    return is_name and find_spec(f"anymail.backends.{name}") is not None


def read_anymail(value: str | dict[str, Any]) -> dict[str, Any]:
    """
    Read what anymail is told, in its own words (https://anymail.dev); nothing is nothing.

    :raises ValidationError: if it is no such object, or the secret of the webhook is short or none
    """
    try:
        told = json.loads(value or "{}") if isinstance(value, str) else value
    except ValueError:
        raise ValidationError(_HINT) from None
    if not isinstance(told, dict) or not all(re.fullmatch("[A-Z][A-Z0-9_]*", name) for name in told):
        raise ValidationError(_HINT)
    secrets = told.get("WEBHOOK_SECRET", [])
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        name, _, password = secret.partition(":") if isinstance(secret, str) else ("", "", "")
        if not name or len(password) < _SHORTEST_SECRET:
            raise ValidationError(
                f"expected WEBHOOK_SECRET as name:password, the password of {_SHORTEST_SECRET} characters"
            )
    return told


def check_dkim_key(*, has_provider: bool) -> Callable[[str], None]:
    """Return the check of the key that mails are signed with, where no provider signs them."""

    def check(pem: str) -> None:
        """:raises ValidationError: if it is no RSA key of 2048 bits or more, or a provider signs"""
        values.check_pem(pem)
        if pem and has_provider:
            raise ValidationError("expected none: the provider of BANYAN_EMAIL_URL signs mails itself")

    return check


def check_selector(*, is_needed: bool) -> Callable[[str], None]:
    """Return the check of the name under which a key stands in DNS: `<selector>._domainkey.<domain>`."""

    def check(text: str) -> None:
        """:raises ValidationError: if it is none, or missing beside a key"""
        if (text or is_needed) and not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", text):
            raise ValidationError("expected the selector of BANYAN_DKIM_KEY, as banyan2026")

    return check
