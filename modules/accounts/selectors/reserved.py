"""Which usernames nobody may take."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from django.conf import settings

from modules.accounts.models import ReservedName

# How a letter may be written and still be read as itself: by digits, and by UTS 39's pairs of letters.
_WRITTEN = str.maketrans(
    {"a": "[a4]", "b": "[b8]", "d": "(?:d|c[l1])", "e": "[e3]", "g": "[g69]", "i": "[i1l]", "l": "[l1i]"}
    | {"m": "(?:m|rn)", "o": "[o0]", "s": "[s5]", "t": "[t7]", "w": "(?:w|vv)", "z": "[z2]"}
)
# Letters written more often than they are due pass unseen in long words; shorter ones are other words or
# people's names then: `mood`, `legall`, `loggins`.
_LONG = 6
# What has `es` for its plural; of others that would be another word: `modes`.
_HISSING = ("s", "x", "z", "ch", "sh")
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
    role = _any_of(words[kinds.ROLE], long=1)
    reserved = f"(?:{_any_of(words[kinds.NAME])}|{role})"
    filling = f"(?:[0-9]|{_any_of(words[kinds.FILLING])})"
    whole = f"{filling}*{reserved}(?:{filling}|{reserved})*"
    return re.compile(whole), re.compile(f"[0-9]*{role}[0-9]*")


def _any_of(words: Iterable[str], *, long: int = _LONG) -> str:
    """Return an expression for any of the words, one or many of it, in all ways to write it."""
    return f"(?:{'|'.join(_written(word.replace('_', ''), long) for word in sorted(words)) or '(?!)'})"


def _written(word: str, long: int) -> str:
    """Return an expression for a word and its plural, from a length on with any letter more than once."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    letters = (
        f"{letter.translate(_WRITTEN)}{{{due},{'' if due > 1 or len(word) >= long else due}}}"
        for letter, due in runs
    )
    return f"{''.join(letters)}(?:{'e?' if word.endswith(_HISSING) else ''}[s5])?"
