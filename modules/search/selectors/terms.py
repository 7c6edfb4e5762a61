"""What a line that somebody typed asks for."""

import re
import unicodedata
from typing import Final, NamedTuple

from modules.posts import public as posts
from modules.posts.schemas import Term, TermKind
from modules.search.errors import NothingToLookFor, PrefixTooShort, SeveralAuthors, TooManyTerms
from modules.search.models.folding import UNSPACED

_MAX_TERMS: Final = 10
_MIN_PREFIX: Final = 2
# A quote that is never closed is punctuation, as any other sign between words. The other kinds are how
# phones write them.
_PART: Final = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_QUOTES: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
_FROM: Final = re.compile(r"from:@?([A-Za-z0-9_]{3,30})", re.IGNORECASE)


class Terms(NamedTuple):
    """Words and phrases, canonical tags, and the username of an author, if only theirs are meant."""

    terms: tuple[Term, ...]
    tags: tuple[str, ...]
    username: str | None


def parse(line: str) -> Terms:
    """
    Return what a line asks for. Anything can be typed: signs without a word between them ask for nothing.

    :raises QueryRefused: if it asks for nothing, for too much, or for several authors
    """
    terms: list[Term] = []
    tags: list[str] = []
    usernames: set[str] = set()
    for minus, phrase, bare in _PART.findall(line.translate(_QUOTES)):
        if match := _FROM.fullmatch(bare):
            usernames.add(match[1].lower())
        elif bare.startswith(("#", "\uff03")) and not minus and (tag := posts.find_tag(bare)):
            tags.append(tag)
        elif _has_word(phrase or bare):
            terms.append(_to_term(phrase, bare, is_without=bool(minus)))
    _check(terms, tags, usernames)
    return Terms(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(tags)), next(iter(usernames), None))


def _to_term(phrase: str, bare: str, *, is_without: bool) -> Term:
    text = phrase or bare
    kind: TermKind = "phrase"
    if is_without:
        kind = "without"
    elif bare.endswith("*"):
        if len(_letters(text)) < _MIN_PREFIX and not UNSPACED.search(text):
            raise PrefixTooShort
        kind = "prefix"
    elif _ends_in_one_unspaced(text):
        kind = "prefix"
    return Term(text, kind)


def _check(terms: list[Term], tags: list[str], usernames: set[str]) -> None:
    if len(usernames) > 1:
        raise SeveralAuthors
    if len(terms) + len(tags) > _MAX_TERMS:
        raise TooManyTerms
    if not (usernames or tags or any(term.kind != "without" for term in terms)):
        raise NothingToLookFor


def _has_word(text: str) -> bool:
    return bool(_letters(text))


def _letters(text: str) -> str:
    """Return the letters and digits of a text, as it is compared."""
    return "".join(
        each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each)[0] in "LN"
    )


def _ends_in_one_unspaced(text: str) -> bool:
    """Return whether the last letter stands alone, and so is only the beginning of a pair."""
    letters = unicodedata.normalize("NFKC", text).rstrip()
    return bool(UNSPACED.match(letters[-1:])) and not UNSPACED.match(letters[-2:-1])
