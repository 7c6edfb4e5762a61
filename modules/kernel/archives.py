"""
What a user's archive holds: each context names its parts in a file `selectors/archive.py`, and nowhere else.

    @archived("bookmarks.json", of=[Bookmark], about="Posts that you keep.")
    def read_bookmarks(user_id: int) -> Iterator[Entry]:
        yield from walk(Bookmark.objects.of(user_id), "post_id")

    left_out(MarkCount, because="It counts the bookmarks, which are there.")

A part holds what is the user's own. Of others it names ids and usernames, which are public, and nothing else:
no text, no card, nothing that was shown to the user and may not be any more. A house test compares the tables
of all contexts with what their files name.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.module_loading import module_has_submodule

from sharding.ids import moment_of

#: Rows that are read at a time; of so many at most does whoever writes an archive know at once.
PAGE: Final = 500

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A document of the archive: its file, what stands in it, in words for its owner, and how it is read."""

    name: str
    about: str
    read: Callable[[int], Iterator[Entry]]


_parts: dict[str, Part] = {}
_archived: set[type[Model]] = set()
_left_out: dict[type[Model], str] = {}


def archived(
    name: str, *, of: Iterable[type[Model]], about: str
) -> Callable[[Callable[[int], Iterator[Entry]]], Callable[[int], Iterator[Entry]]]:
    """
    Make a function of a user id, which yields entries in pages, a part of the archive.

    :raises ValueError: if another part has that name
    """
    if name in _parts:
        raise ValueError(f"There is a part {name!r} already.")

    def register(read: Callable[[int], Iterator[Entry]]) -> Callable[[int], Iterator[Entry]]:
        _parts[name] = Part(name, about, read)
        _archived.update(of)
        return read

    return register


def left_out(*models: type[Model], because: str) -> None:
    """Say of tables that nothing of them is in the archive, and why."""
    _left_out.update(dict.fromkeys(models, because))


def list_parts() -> list[Part]:
    """Return the parts that the contexts have, in the order of their names."""
    _load()
    return [_parts[name] for name in sorted(_parts)]


def list_tables() -> tuple[frozenset[type[Model]], dict[type[Model], str]]:
    """Return which tables are in the archive, and why others are not."""
    _load()
    return frozenset(_archived), dict(_left_out)


def walk(rows: QuerySet[Any, Any], *columns: str, by: str = "pk", page: int = PAGE) -> Iterator[Entry]:
    """
    Yield rows as entries, in the order of a unique column that has an index, a page at a time.

    Ids become text, for JavaScript cannot hold 63 bits.
    """
    found = rows.order_by(by)
    last: Any = None
    while True:
        beyond = found if last is None else found.filter(**{f"{by}__gt": last})
        # The place stands beside the columns: a key of several columns has no name of its own.
        read = list(beyond.values_list(by, *columns)[:page])
        for row in read:
            yield {name: to_entry(name, value) for name, value in zip(columns, row[1:], strict=True)}
        if len(read) < page:
            return
        last = read[-1][0]


def to_entry(name: str, value: Any) -> Any:
    """Return what stands in a column as JSON shows it: where its name says that it holds ids, text."""
    if value is None:
        return None
    if name == "id" or name.endswith("_id"):
        return str(value)
    if name.endswith("_ids"):
        return [str(each) for each in value]
    return value


def at(minted_id: int | str) -> datetime:
    """Return when an id was minted: of an edge, when it was made."""
    return moment_of(int(minted_id))


def in_pages(entries: Iterable[Entry], size: int = PAGE) -> Iterator[list[Entry]]:
    """Yield entries in lists, so that something can be looked up for all of one at once."""
    page: list[Entry] = []
    for entry in entries:
        page.append(entry)
        if len(page) == size:
            yield page
            page = []
    if page:
        yield page


def with_usernames(
    entries: Iterable[Entry], name: str, look_up: Callable[[Collection[int]], dict[int, str]]
) -> Iterator[Entry]:
    """Yield entries with `username` beside the id of somebody; None of who is not there any more."""
    for page in in_pages(entries):
        usernames = look_up([int(entry[name]) for entry in page])
        for entry in page:
            yield {**entry, "username": usernames.get(int(entry[name]))}


def _load() -> None:
    """Import what names the parts, of each context that has such a file."""
    for app in apps.get_app_configs():
        if app.name.startswith("modules.") and module_has_submodule(app.module, "selectors"):
            selectors = import_module(f"{app.name}.selectors")
            if module_has_submodule(selectors, "archive"):
                import_module(f"{app.name}.selectors.archive")
