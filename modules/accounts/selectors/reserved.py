"""Which usernames nobody may take."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from modules.accounts.models import ReservedName

# How a letter may be written and still be read as itself: by digits, and by UTS 39's pairs of letters.
_WRITTEN = str.maketrans(
    {"a": "[a4]", "b": "[b8]", "e": "[e3]", "g": "[g69]", "i": "[i1l]", "l": "[l1i]", "m": "(?:m|rn)"}
    | {"o": "[o0]", "s": "[s5]", "t": "[t7]", "w": "(?:w|vv)", "z": "[z2]", "_": ""}
)
_Row = tuple[str, str]


def is_reserved(username: str) -> bool:
    """
    Return whether readers would take the holder of a username for the operator; no SQL while cachalot knows.

    By whole words: `supporter` and `rootbeer` hold a reserved one, and deceive nobody.
    """
    name = username.lower()
    rows = frozenset(ReservedName.objects.values_list("username", "kind"))
    if (name, ReservedName.Kind.ALLOWED) in rows:
        return False
    whole, role = _rules(rows | {_site()})
    return bool(whole.fullmatch(name.replace("_", "")) or any(map(role.fullmatch, name.split("_"))))


def list_reserved() -> list[str]:
    """Return the reserved usernames, sorted; not those that are made of them and other words."""
    kinds = [ReservedName.Kind.NAME, ReservedName.Kind.ROLE]
    return sorted(ReservedName.objects.filter(kind__in=kinds).values_list("username", flat=True))


def _site() -> _Row:
    """Return what this installation calls itself, which is reserved as the words of the table are."""
    return re.sub("[^a-z0-9]", "", settings.SITE_NAME.lower()), ReservedName.Kind.NAME


@lru_cache(maxsize=2)
def _rules(rows: frozenset[_Row]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what matches a reserved name without its underscores, and what a word that reserves any name."""
    kinds = ReservedName.Kind
    words = {kind: [word for word, own in rows if own == kind and word] for kind in kinds}
    reserved = _any_of(words[kinds.NAME] + words[kinds.ROLE])
    filling = f"(?:[0-9]|{_any_of(words[kinds.FILLING])})"
    whole = f"{filling}*{reserved}(?:{filling}|{reserved})*"
    return re.compile(whole), re.compile(f"[0-9]*{_any_of(words[kinds.ROLE])}[0-9]*")


def _any_of(words: Iterable[str]) -> str:
    """Return an expression for any of the words, one or many of it, in all ways to write it."""
    return f"(?:{'|'.join(word.translate(_WRITTEN) for word in sorted(words)) or '(?!)'})(?:e?[s5])?"
