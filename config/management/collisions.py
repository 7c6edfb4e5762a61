"""Whether a name that is put into a template means something else there already."""

import builtins
import io
import keyword
import tokenize
from collections.abc import Callable, Iterator

# No word of anybody's: what holds it in the rendered text comes from the name.
_MARK = "qqz"
_MARKED = (f"{_MARK}many", f"{_MARK}one")

Render = Callable[[str, str], dict[str, str]]


def find_collision(render: Render, name: str, one: str) -> tuple[str, str] | None:
    """
    Return the first identifier made of the name that has another meaning, and its file; None if none has.

    The same templates are rendered with words that nobody uses, and compared word by word: what differs is
    made of the name, all else is what the template itself uses, from Python, from Django or from here.
    """
    marked = render(*_MARKED)
    for (path, text), neutral in zip(render(name, one).items(), marked.values(), strict=True):
        if path.endswith(".py") and (met := _first_met(_identifiers(text), _identifiers(neutral))):
            return met, path
    return None


def _first_met(words: list[str], neutral: list[str]) -> str | None:
    """Return an identifier that stands for two things."""
    meanings: dict[str, str] = {}
    for word, meaning in zip(words, neutral, strict=True):
        is_made = _MARK in meaning.lower()
        if meanings.setdefault(word, meaning) != meaning or (is_made and _is_taken(word)):
            return word
    return None


def _is_taken(word: str) -> bool:
    return keyword.iskeyword(word) or hasattr(builtins, word)


def _identifiers(text: str) -> list[str]:
    return list(_read_identifiers(text))


def _read_identifiers(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield token.string
