"""
Rendered answers: finished JSON put together from finished cards, beside the shape that it has.

Pages and single objects are shapes like any other; what a request gets is `Rendered[PostPage]`: bytes, and
the few things that the edge asks of them. Nothing is parsed on the way, and `parse` gives the shape to
whoever wants to look inside.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from modules.kernel.shapes import Page, Shape, Single

S = TypeVar("S", bound=Shape)
P = TypeVar("P", bound=Page[Any, Any, Any])
One = TypeVar("One", bound=Single[Any, Any, Any])

Json = bytes


class Rendered(NamedTuple, Generic[S]):
    """A finished answer; `version` is that of the row behind it, `next` and `prev` are those of a page."""

    shape: type[S]
    json: Json
    version: int = 0
    next: str | None = None
    prev: str | None = None

    def json_bytes(self) -> Json:
        """Return the finished JSON, as a shape does."""
        return self.json

    def parse(self) -> S:
        """Return the shape that a client reads from it."""
        return self.shape.model_validate_json(self.json)


def render_page(
    shape: type[P],
    *,
    data: Sequence[Json],
    included: Mapping[str, Mapping[int, Json]],
    state: Mapping[int, Shape] | Json,
    next: str | None = None,
    prev: str | None = None,
    partial: bool = False,
    missing: Collection[int] = (),
    unavailable: Collection[int] | None = None,
    deleted: Collection[int] | None = None,
) -> Rendered[P]:
    """
    Return a page put together from finished cards.

    A batch names what is `unavailable` as well, and a page of ancestors what was `deleted`.

    A `state` may come as a finished object. Cursors need no escaping: they are base64url.
    """
    json = b'{"data":[%b],"included":%b,"state":%b,"next":%b,"prev":%b,"partial":%b,"missing":[%b]%b%b}' % (
        b",".join(data),
        _included(included),
        _state(state),
        b'"%b"' % next.encode() if next else b"null",
        b'"%b"' % prev.encode() if prev else b"null",
        b"true" if partial else b"false",
        _ids(missing) if missing else b"",
        b"" if unavailable is None else b',"unavailable":[%b]' % _ids(unavailable),
        b"" if deleted is None else b',"deleted":[%b]' % _ids(deleted),
    )
    return Rendered(shape, json, 0, next, prev)


def render_single(
    shape: type[One],
    *,
    data: Json,
    included: Mapping[str, Mapping[int, Json]],
    state: Mapping[int, Shape] | Json,
    version: int,
    fields: Mapping[str, Shape] | None = None,
) -> Rendered[One]:
    """Return one object in its envelope; `fields` are those that the shape has beside a `Single`'s own."""
    more = [b',"%b":%b' % (name.encode(), part.json_bytes()) for name, part in (fields or {}).items()]
    json = b'{"data":%b,"included":%b,"state":%b%b}' % (
        data,
        _included(included),
        _state(state),
        b"".join(more),
    )
    return Rendered(shape, json, version)


def with_fields(page: Rendered[Any], shape: type[S], fields: Mapping[str, Shape | Json]) -> Rendered[S]:
    """Return a page as another shape, which has these fields, finished or not, beside the page's own."""
    more = [
        b',"%b":%b' % (name.encode(), part if isinstance(part, bytes) else part.json_bytes())
        for name, part in fields.items()
    ]
    json = b"".join([page.json[:-1], *more, b"}"]) if more else page.json
    return Rendered(shape, json, page.version, page.next, page.prev)


def _included(included: Mapping[str, Mapping[int, Json]]) -> Json:
    """Return the JSON object of all that the cards mention, by kind and id."""
    kinds = [
        b'"%b":{%b}' % (kind.encode(), b",".join([b'"%d":%b' % entry for entry in entries.items()]))
        for kind, entries in included.items()
    ]
    return b"{%b}" % b",".join(kinds)


def _state(state: Mapping[int, Shape] | Json) -> Json:
    """Return the JSON object from ids to what changes without the card."""
    if isinstance(state, bytes):
        return state
    return b"{%b}" % b",".join([b'"%d":%b' % (id, part.json_bytes()) for id, part in state.items()])


def ids_to_json(ids: Collection[int]) -> Json:
    """Return a finished array of ids."""
    return b"[%b]" % _ids(ids)


def _ids(ids: Collection[int]) -> Json:
    """Return ids as the items of a JSON array."""
    return b",".join([b'"%d"' % id for id in ids])
