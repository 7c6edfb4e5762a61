"""The demo's files, read whole before anything is written: what is wrong is named by its line."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from modules.posts.schemas import NewPost

SHOWN = 10
_EDGE = re.compile(r"([0-9]{1,18})\t([0-9]{1,18})")


class Unreadable(Exception):
    """A file cannot be used; the text says which, which of its lines, and why."""


def read_edges(path: Path) -> tuple[list[tuple[int, int]], dict[str, int]]:
    """
    Return who follows whom, each once, and how many lines were left out for which reason.

    :raises Unreadable: if a line is not `follower<TAB>followee`, or there is none
    """
    edges: dict[tuple[int, int], None] = {}
    errors: list[str] = []
    left_out = {"followed themselves": 0, "came twice": 0}
    for number, line in _lines(path):
        if (found := _EDGE.fullmatch(line)) is None:
            errors.append(f"line {number}: expected follower<TAB>followee, both whole numbers.")
            continue
        edge = int(found[1]), int(found[2])
        if edge[0] == edge[1]:
            left_out["followed themselves"] += 1
        elif edge in edges:
            left_out["came twice"] += 1
        edges[edge] = None
    _refuse(path, errors)
    kept = [edge for edge in edges if edge[0] != edge[1]]
    if not kept:
        raise Unreadable(f"{path} holds nobody who follows anybody else.")
    return kept, left_out


def read_texts(path: Path) -> tuple[list[str], dict[str, int]]:
    """
    Return the texts, one a line, and how many lines were left out because nobody can post them.

    Collections have some: bells of terminals in old jokes, say, which posts may not hold.

    :raises Unreadable: if there is none that can be posted
    """
    texts, count = [], 0
    for _, line in _lines(path):
        try:
            texts.append(NewPost.model_validate({"text": line}).text)
        except ValidationError:
            count += 1
    if not texts:
        raise Unreadable(f"{path} holds no text that can be posted.")
    return texts, {"cannot be posted": count}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank with their numbers, however a system ends lines or begins a file."""
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                if stripped := line.strip(" \r\n"):
                    yield number, stripped
    except gzip.BadGzipFile as error:
        # Of a stream that is none, and of one whose sum is wrong.
        if not _is_gzipped(path):
            raise Unreadable(f"{path} is not gzipped. Run: gzip {path}") from None
        raise Unreadable(f"{path} is damaged: {error}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8.") from None
    except (EOFError, zlib.error):
        raise Unreadable(f"{path} is damaged: its gzip stream ends early or does not fit.") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None


def _is_gzipped(path: Path) -> bool:
    """Return whether a file begins as gzip's do."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _refuse(path: Path, errors: list[str]) -> None:
    """
    Refuse a file with errors, naming the first of them.

    :raises Unreadable: if there are any
    """
    if errors:
        more = [f"… and {len(errors) - SHOWN} more."] if len(errors) > SHOWN else []
        raise Unreadable("\n".join([*(f"{path}, {error}" for error in errors[:SHOWN]), *more]))
