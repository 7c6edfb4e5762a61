"""
Mentions, tags and links in a text: found when it is written, once, in time that grows with its length alone.

linkify-it-py was tried for the links: of 5,700 characters of quotes it makes 0.25 s of work, of twice as many
three times that, and 40 ms of a text full of honest links. What is wanted here, links with their scheme, is
one expression.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from modules.accounts import public as accounts
from modules.kernel.errors import InputError
from modules.posts.errors import TagInvalid, TooManyEntities
from modules.posts.schemas import PostEntity

Kind = Literal["mention", "tag", "link"]
# An entity as it lies in a row.
StoredEntity = Mapping[str, Any]
# The most of one text; links of a page of reading, mentions and tags of what is no spam.
MOST: Final[Mapping[str, int]] = {"mention": 20, "tag": 20, "link": 50}
MAX_TAG: Final = 64

# What ends a link: space, quotes and brackets of any script, and what other scripts end sentences with.
_ENDS: Final = (
    r"\s<>\"`{}|\\^\u201c\u201d\u201e\u00ab\u00bb\u2026"
    r"\u3001\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)
_HOST: Final = rf"(?:[A-Za-z0-9._-]|[^\x00-\x7f{_ENDS}])"
# Possessive (`++`): nothing is tried twice. A name before an `@` is not where a link leads, so it is none. A
# mention may stand among letters that need no spaces, and a mail address is none. U+FF20 and U+FF03 are how
# East Asian keyboards write the two signs.
_ANY: Final = re.compile(
    rf"""
    (?<![A-Za-z0-9_]) (?P<link>
        [Hh][Tt][Tt][Pp][Ss]?:// (?:(?![._-]){_HOST}++|\[[0-9A-Fa-f:.]++\]) (?::[0-9]++)?+
        (?!(?::[^\s/?#@]*+)?@) (?:[/?#][^{_ENDS}]*+)?+ )
    | (?<![A-Za-z0-9_!#$%&*@\uff20]) [@\uff20] (?P<mention> [A-Za-z0-9_]{{3,30}}+ )
        (?![A-Za-z0-9_@\uff20\u00c0-\u024f])
    | (?<![\w&#\uff03]) (?P<tag> [#\uff03] )
    """,
    re.VERBOSE,
)
# Most texts have none of these, and are looked at no further.
_SIGNS: Final = ("@", "#", "://", "\uff20", "\uff03")
_CLOSERS: Final = {")": "(", "]": "["}
# These stand within words of Persian and of India, and nothing else of theirs is seen.
_JOINERS: Final = "\u200c\u200d"
# What Unicode says may be left out when names are compared (Default_Ignorable_Code_Point).
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


class Found(NamedTuple):
    """Where something stands in a text, in code points, and what it is: a name, a canonical tag or an URL."""

    type: Kind
    start: int
    end: int
    value: str


def find_entities(text: str) -> list[PostEntity]:
    """
    Return what a text mentions, its tags and its links, in order; a name that nobody has is no mention.

    One read of the directory, if there is a name.

    :raises TooManyEntities: if there are more of a kind than a post may have
    """
    found = list(scan(text))
    return to_entities(text, found, resolve(found)) if found else []


def scan(text: str) -> Iterator[Found]:
    """
    Yield what looks like a mention, a tag or a link, in order; whether anybody has a name, nobody is asked.

    :raises TooManyEntities: if there are more of a kind than a post may have
    """
    counts = dict.fromkeys(MOST, 0)
    if not any(sign in text for sign in _SIGNS):
        return
    for match in _ANY.finditer(text):
        kind = str(match.lastgroup)
        if (one := _READ[kind](text, match)) is not None:
            counts[kind] += 1
            if counts[kind] > MOST[kind]:
                hint = f"Send at most {MOST[kind]} {kind}s."
                raise TooManyEntities(errors=[InputError("/text", f"too_many_{kind}s", hint)])
            yield one


def resolve(found: Collection[Found]) -> dict[str, int]:
    """Return whose names these are: those of open accounts only, for who is gone hears nothing."""
    names = {one.value for one in found if one.type == "mention"}
    return accounts.map_open_user_ids(names) if names else {}


def mentioned_in(text: str, entities: Sequence[StoredEntity]) -> dict[str, int]:
    """Return whom a kept text mentions, by the name that stands there."""
    return {
        text[each["codepoint_start"] + 1 : each["codepoint_end"]].lower(): each["user_id"]
        for each in entities
        if each["type"] == "mention"
    }


def mentioned_ids(entities: Sequence[StoredEntity]) -> set[int]:
    """Return who is mentioned."""
    return {each["user_id"] for each in entities if each["type"] == "mention"}


def find_tag(text: str) -> str | None:
    """Return the first tag in a text as it is found, however it was written; None if there is none."""
    found = _first_tag(text)
    return None if found is None else found.value


def canonical(tag: str) -> str:
    """Return the form of a tag by which it is found, however it was written (NFKC, case folded)."""
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", tag)).casefold()
    return unicodedata.normalize("NFKC", folded)


def read_tag(text: str) -> str:
    """
    Return the canonical form of a tag that somebody names, with its sign or without.

    :raises TagInvalid: if no text could have it
    """
    written = "#" + text.removeprefix("#")
    found = _first_tag(written)
    if found is None or (found.start, found.end) != (0, len(written)):
        raise TagInvalid(errors=[InputError(None, "malformed", TagInvalid.title, parameter="tag")])
    return found.value


def _first_tag(text: str) -> Found | None:
    return next((one for one in scan(text) if one.type == "tag"), None)


def read_beginning(text: str) -> str:
    """Return the canonical form of a tag's beginning; empty if no tag begins like this."""
    begun = text.removeprefix("#").removeprefix("\uff03")
    return canonical(begun) if all(_continues(begun, at) for at in range(len(begun))) else ""


def to_entities(text: str, found: Sequence[Found], ids: Mapping[str, int]) -> list[PostEntity]:
    """Return what was found with where it stands; of the names those that somebody has."""
    entities = []
    at = utf16 = 0  # how far the text was counted in either way
    for one in found:
        utf16 += _units(text[at : one.start])
        at = one.start
        if one.type == "mention" and one.value not in ids:
            continue
        entities.append(
            PostEntity(
                type=one.type,
                codepoint_start=one.start,
                codepoint_end=one.end,
                utf16_start=utf16,
                utf16_end=utf16 + _units(text[one.start : one.end]),
                user_id=ids[one.value] if one.type == "mention" else None,
                tag=one.value if one.type == "tag" else None,
                url=one.value if one.type == "link" else None,
            )
        )
    return entities


def _units(text: str) -> int:
    """Return how many UTF-16 code units a text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _read_mention(text: str, match: re.Match[str]) -> Found:
    return Found("mention", match.start(), match.end(), match["mention"].lower())


def _read_tag(text: str, match: re.Match[str]) -> Found | None:
    """Return a tag; one of digits alone is a number, and one that is too long is none."""
    start, end = match.start(), match.end()
    while end < len(text) and end - start <= MAX_TAG + 1 and _continues(text, end):
        end += 1
    written = text[start + 1 : end].rstrip(_JOINERS)
    tag = canonical(written)
    if not 0 < len(written) <= MAX_TAG or not 0 < len(tag) <= MAX_TAG or tag.replace("_", "").isdecimal():
        return None
    return Found("tag", start, start + 1 + len(written), tag) if tag.strip("_") else None


def _continues(text: str, at: int) -> bool:
    """Return whether a tag goes on here: letters, marks, digits and underscores, as in names (UAX #31)."""
    return text[at] in _JOINERS or f"a{text[at]}".isidentifier()


def _read_link(text: str, match: re.Match[str]) -> Found:
    """Return a link without what belongs to the sentence around it."""
    url = match["link"]
    closed = {closer: url.count(closer) - url.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(url)
    while (last := url[end - 1]) in ".,;:!?'" or closed.get(last, 0) > 0:
        closed[last] = closed.get(last, 0) - 1
        end -= 1
    return Found("link", match.start(), match.start() + end, url[:end])


_READ: Final = {"mention": _read_mention, "tag": _read_tag, "link": _read_link}
