"""Queries about texts, and what a scan by regular expressions finds for them."""

from __future__ import annotations

import random
import re
import unicodedata


def folded(text: str) -> str:
    """What of a text is compared, made in another way than the database does."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in apart if not "\u0300" <= each <= "\u036f")
    return unicodedata.normalize("NFKC", plain).casefold()


# Letters of Devanagari's words that Python takes for none, and scripts that need no spaces.
MARKS = r"\u0900-\u0963"
UNSPACED = r"\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
BETWEEN = rf"(?:(?![{MARKS}])[\W_])"


def pattern(phrase: str, *, is_prefix: bool) -> re.Pattern[str]:
    """Return what finds words in this order, whatever signs are between them."""
    words = re.findall(rf"[{UNSPACED}]+|(?:(?![_{UNSPACED}])[\w{MARKS}])+", folded(phrase))
    is_unspaced = [bool(re.match(f"[{UNSPACED}]", word)) for word in words]
    text = "" if is_unspaced[0] else rf"(?<![^\W_{UNSPACED}])(?<![{MARKS}])"
    for at, word in enumerate(words):
        if at:
            text += BETWEEN + ("*" if is_unspaced[at - 1] or is_unspaced[at] else "+")
        text += re.escape(word)
    return re.compile(text if is_prefix or is_unspaced[-1] else rf"{text}(?![^\W_{UNSPACED}])(?![{MARKS}])")


def query(rows: list[str], chance: random.Random) -> tuple[str, list[re.Pattern[str]]]:
    """Return one to three words, beginnings or phrases of a text, and what a scan looks for."""
    parts: list[str] = []
    patterns: list[re.Pattern[str]] = []
    while not parts:
        words = chance.choice(rows).split()
        for _ in range(chance.randint(1, 3)):
            at, length = chance.randrange(len(words)), chance.choice([1, 1, 1, 2, 3])
            text = " ".join(words[at : at + length]).replace('"', "").replace("*", "").lstrip("-#")
            if not re.search(r"[^\W_]", text) or len(text) > 60 or text.startswith("from:"):
                continue
            is_prefix = length == 1 and re.fullmatch("[A-Za-z]{4,}", text) and chance.random() < 0.3
            parts.append(f"{text[:-1]}*" if is_prefix else f'"{text}"')
            patterns.append(pattern(text[:-1] if is_prefix else text, is_prefix=bool(is_prefix)))
    return " ".join(parts), patterns
