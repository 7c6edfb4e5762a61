"""What an endpoint takes, gives and allows, read once from its signature."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from modules.kernel.cursors import Paging
from modules.kernel.errors import Refusal
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import Body, Query, Shape

Answer = TypeVar("Answer", bound=Shape | Rendered[Any] | None)
Method = TypeVar("Method", bound=Callable[..., Any])

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer]):
    """An answer with a status or headers of its own."""

    shape: Answer
    status: int
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation is deprecated (RFC 9745), when it goes (RFC 8594), and where to read on."""

    since: datetime
    sunset: datetime
    link: str

    def headers(self) -> dict[str, str]:
        """Return what every answer of the operation says of it."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.sunset, usegmt=True),
            "Link": f'<{self.link}>; rel="deprecation"; type="text/html"',
        }


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What `@endpoint` was told."""

    operation_id: str
    scope: str | None
    status: int | None
    also: tuple[int, ...]
    public: bool
    body_optional: bool
    key_required: bool
    for_apps: bool
    conditional: bool
    condition_required: bool
    deprecated: Deprecation | None
    refuses: tuple[type[Refusal], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one resource, ready to be run and described."""

    spec: EndpointSpec
    function: Callable[..., Any]
    summary: str
    description: str
    body_name: str | None
    body: type[Body] | None
    query_name: str | None
    query: type[Query] | None
    # What a request without any parameter asks for; None if it must say something.
    no_query: Query | None
    paging_name: str | None
    answer: type[Shape] | None
    status: int
    path_names: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Return whether anything is read from the query string."""
        return self.query_name is not None or self.paging_name is not None

    @property
    def id(self) -> str:
        """Return the operation's id."""
        return self.spec.operation_id


def endpoint(
    operation_id: str,
    *,
    scope: str | None = None,
    public: bool = False,
    status: int | None = None,
    also: Sequence[int] = (),
    body_optional: bool = False,
    key_required: bool = False,
    for_apps: bool = False,
    conditional: bool = False,
    condition_required: bool = True,
    deprecated: Deprecation | None = None,
    refuses: Sequence[type[Refusal]] = (),
) -> Callable[[Method], Method]:
    """
    Make a method of a `View` an endpoint.

    It needs a `scope` that the credentials must reach, or `public=True`. `for_apps` also lets callers
    in who act for no user, whose `request.user.id` is 0. With `body_optional` a request without a body is
    one whose body says nothing. `conditional` gives reads an ETag and asks
    writes for `If-Match` (`request.seen`), which may be missing if it is not `condition_required`;
    `deprecated` tells clients to move on. `status` is that of a success, `also` further ones that a
    `Reply` may carry; `refuses` is told to readers of the schema.
    """
    if (scope is None) is not public:
        raise TypeError(f"{operation_id}: say either scope=... or public=True.")
    declared = EndpointSpec(
        operation_id=operation_id,
        scope=scope,
        status=status,
        also=tuple(also),
        public=public,
        body_optional=body_optional,
        key_required=key_required,
        for_apps=for_apps,
        conditional=conditional,
        condition_required=condition_required,
        deprecated=deprecated,
        refuses=tuple(refuses),
    )

    def mark(method: Method) -> Method:
        """Return the method with the declaration on it."""
        method.__endpoint__ = declared  # type: ignore[attr-defined]
        return method

    return mark


def operations_of(view: type) -> dict[str, Operation]:
    """Return the operations of a view class by HTTP method; a method without `@endpoint` is a mistake."""
    found: dict[str, Operation] = {}
    for name in METHODS:
        function = getattr(view, name, None)
        if function is None:
            continue
        if not hasattr(function, "__endpoint__"):
            raise TypeError(f"{view.__qualname__}.{name} needs @endpoint.")
        found[name.upper()] = _read(function)
    return found


def _read(function: Callable[..., Any]) -> Operation:
    """Return the operation that a marked method describes."""
    spec: EndpointSpec = function.__endpoint__  # type: ignore[attr-defined]
    hints = get_type_hints(function)
    names = list(inspect.signature(function).parameters)[2:]
    kinds = {name: hints.get(name, str) for name in names}
    body = _only(spec, kinds, Body)
    query = _only(spec, kinds, Query)
    paging = _only(spec, kinds, Paging)
    answer = _answer_of(spec, hints.get("return"))
    summary, _, description = inspect.cleandoc(function.__doc__ or spec.operation_id).partition("\n")
    return Operation(
        spec=spec,
        function=function,
        summary=summary.rstrip("."),
        description=description.strip(),
        body_name=body,
        body=kinds[body] if body else None,
        query_name=query,
        query=kinds[query] if query else None,
        no_query=_empty(kinds[query]) if query else Query(),
        paging_name=paging,
        answer=answer,
        status=spec.status or (204 if answer is None else 200),
        path_names=tuple(name for name in names if name not in (body, query, paging)),
    )


def _empty(query: type[Query]) -> Query | None:
    try:
        return query()
    except ValidationError:
        return None


def _only(spec: EndpointSpec, kinds: dict[str, Any], base: type) -> str | None:
    """Return the name of the one argument of this kind."""
    names = [name for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, base)]
    if len(names) > 1:
        raise TypeError(f"{spec.operation_id} takes more than one {base.__name__}.")
    return names[0] if names else None


def _answer_of(spec: EndpointSpec, hint: Any) -> type[Shape] | None:
    """Return the shape of a success, or None if nothing is sent back."""
    while get_origin(hint) in (Reply, Rendered):
        hint = get_args(hint)[0]
    if hint is None or hint is type(None):
        return None
    if not (isinstance(hint, type) and issubclass(hint, Shape)):
        raise TypeError(f"{spec.operation_id} must be annotated with the Shape it answers, or None.")
    return hint
