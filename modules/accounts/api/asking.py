"""What an app asks of a user, as the consent page carries it along: signed, and good for asking again."""

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer

# What of a request allauth keeps and the app may have sent.
KEPT = (
    *("client_id", "redirect_uri", "response_type", "state", "code_challenge", "code_challenge_method"),
    *("nonce", "display", "login_hint", "id_token_hint", "claims"),
)


def read_asked(signed: str) -> tuple[list[str], dict[str, Any]] | None:
    """Return the scopes and the rest of what a page of ours has asked, or None if none has."""
    try:
        scopes, info = Signer().unsign_object(signed)
    except BadSignature:
        return None
    return scopes, info


def ask_again(scopes: Collection[str], info: Mapping[str, Any]) -> str:
    """Return the address at which the same is asked; a prompt was obeyed already."""
    sent = {name: info[name] for name in KEPT if info.get(name)}
    if not isinstance(sent.get("claims", ""), str):
        sent["claims"] = json.dumps(sent["claims"])
    return f"/identity/o/authorize?{urlencode({**sent, 'scope': ' '.join(scopes)})}"
