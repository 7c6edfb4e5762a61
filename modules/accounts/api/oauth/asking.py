"""What an app asks of a user, as the consent page carries it along: signed, and good for asking again."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

# Among what allauth signs into the page: whom it asks, and the address at which it was asked.
PAGE = "page"


def note_page(info: dict[str, Any], request: HttpRequest, path: str) -> None:
    """Note whom a page asks, so that nobody else answers it."""
    info.setdefault(PAGE, {"user": str(request.user.pk), "path": path})


def read_asked(signed: str) -> tuple[list[str], dict[str, Any]] | None:
    """Return the scopes and the rest of what a page of ours has asked, or None if none has."""
    try:
        scopes, info = Signer().unsign_object(signed)
    except BadSignature:
        return None
    return (scopes, info) if PAGE in info else None


def is_asked(info: dict[str, Any], request: HttpRequest) -> bool:
    """Return whether the page was shown to who answers it."""
    return bool(info[PAGE]["user"] == str(request.user.pk))


def ask_again(info: dict[str, Any]) -> str:
    """Return the address at which the same is asked, with all that was said of whom and how fresh."""
    return str(info[PAGE]["path"])
