"""The one form in which names are compared, those that people have and those that are typed."""

import re
import unicodedata
from typing import Final

# As in posts' migration 0011: scripts written without spaces, where each letter begins a word.
UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\U00020000-\U0003ffff]"
)
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> tuple[str, ...]:
    """
    Return the words of a name: no case, no accents, no compatible forms, no signs but pictures.

    A letter of an unspaced script is a word of its own, and so is an emoji, whatever its skin.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", apart)).casefold()
    return tuple("".join(_keep(each) for each in plain).split())


def _keep(letter: str) -> str:
    if UNSPACED.match(letter):
        return f" {letter} "
    match unicodedata.category(letter):
        case "So":
            return f" {letter} "
        case "Mn" | "Mc" | "Me" if not "\ufe00" <= letter <= "\ufe0f":
            return letter
        case "Mn" | "Cf" | "Sk":
            return ""
        case kind:
            return letter if kind[0] in "LN" else " "
