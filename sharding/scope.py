"""
Scope: the only doors to a write.

    with writing_for(author_id, once=once) as write:
        post = Post.objects.create(author_id=author_id, text=text)
        outbox.record(PostPublished(post_id=post.id, author_id=author_id))
        write.answer(201, body)

What a write costs beside its own statements: BEGIN, one SELECT (fence and `once` row together), COMMIT, and
one SELECT for the freshness mark where the instance has replicas. `answer` adds one UPDATE. A nested
`writing_for` of the same shard costs nothing, or one SELECT with a `once` of its own.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connections, transaction
from django.db.utils import DatabaseError

from sharding import binding, freshness, once, shard_map
from sharding.binding import Binding
from sharding.conf import settings
from sharding.errors import AlreadyDone, InFlight, NoShard, ShardMoved, WrongShard, sqlstate_of
from sharding.ids import is_mintable, shard_of
from sharding.once import Once, StoredResponse
from sharding.tracebacks import tell

__all__ = [
    "Once",
    "Response",
    "Write",
    "current_binding",
    "for_each_owner",
    "require_binding",
    "writing_directory",
    "writing_for",
    "writing_for_each",
]

FENCED = "BN001"
LOCK_NOT_AVAILABLE = "55P03"

_ENTER = "SELECT fence_enter(%s)"
_ENTER_ONCE = "SELECT * FROM fence_enter_once(%s, %s, %s, %s, %s, %s)"
_DIRECTORY_ONCE = "SELECT 0, * FROM once_enter(%s, %s, %s, %s, %s)"

log = structlog.get_logger(__name__)

current_binding = binding.current
require_binding = binding.require


@dataclass(frozen=True, slots=True)
class Response:
    """What a repeat of this write will be answered with."""

    status: int
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Write:
    """The open transaction, as the `with` block sees it."""

    owner_id: int
    alias: str
    epoch: int
    once: Once | None

    def answer(self, status: int, body: bytes | None = None) -> Response:
        """Keep the answer for repeats, in this transaction; without a `once` there is nothing to keep."""
        if self.once is not None:
            once.store_response(self.alias, self.owner_id, self.once, status, body)
        return Response(status, body)


@contextmanager
def writing_for(owner_id: int, *, once: Once | None = None) -> Iterator[Write]:
    """
    Open a transaction on the primary of an owner's shard; nested for the same shard, join the open one.

    :raises WrongShard: inside a binding of another shard, or of the directory
    :raises AlreadyDone: if the `once` row stands already; KeyReused: with another fingerprint; InFlight: if
        its holder has not finished; OnceSpread: if it served another owner
    :raises ShardMoved: if the instance does not own the shard (any more); the map is fresh then
    :raises InstanceUnavailable: if the instance cannot be reached
    """
    if not is_mintable(owner_id):
        raise NoShard(f"{owner_id} is not a user id.")
    shard = shard_of(owner_id)
    outer = binding.current()
    if outer is not None:
        _require_same(outer, shard)
    alias = shard_map.alias_of(shard) if outer is None else outer.alias
    with _transaction(alias, shard, owner_id, once, outer) as write:
        yield write


@contextmanager
def writing_directory(*, once: Once | None = None, owner_id: int = 0) -> Iterator[Write]:
    """
    Open a transaction on the directory; nested, join the open one.

    `owner_id` is whose `once` and outbox rows these are; 0 is nobody.

    :raises WrongShard: inside a shard's binding
    :raises AlreadyDone: as `writing_for`; so KeyReused, InFlight, InstanceUnavailable
    """
    outer = binding.current()
    if outer is not None:
        _require_same(outer, None)
    with _transaction(settings().directory, None, owner_id, once, outer) as write:
        yield write


@contextmanager
def writing_for_each(owner_id: int, many: Sequence[Once]) -> Iterator[list[bool]]:
    """
    Open one transaction for an owner's part of several events; says of each whether it is new.

    What is not new has had its effect, and is passed over. Else as `writing_for`, for one INSERT more.
    """
    with writing_for(owner_id) as write:
        yield once.claim_each(write.alias, owner_id, many)


def for_each_owner(owner_ids: Iterable[int], write: Callable[[int, Once], None], *, once: Once) -> None:
    """
    Write for several owners, once for each: how a handler is written whose one event concerns many.

    `write` gets each owner with a `once` of that owner, and passes it to `writing_for`. A handler that died
    half-way comes again, passes over those who are done, and goes on with the others.
    """
    for owner_id in owner_ids:
        with suppress(AlreadyDone):
            write(owner_id, once.of_another())


def _require_same(outer: Binding, shard: int | None) -> None:
    if outer.shard != shard:
        raise WrongShard(
            f"{_named(shard)} inside a transaction on {_named(outer.shard)}: no transaction spans both."
        )


def _named(shard: int | None) -> str:
    return "the directory" if shard is None else f"shard {shard}"


@contextmanager
def _transaction(
    alias: str, shard: int | None, owner_id: int, key: Once | None, outer: Binding | None
) -> Iterator[Write]:
    """Open, enter, bind; the same steps for a nested block, which fails the outer one when it fails."""
    with (
        _naming_moves(alias, shard),
        transaction.atomic(using=alias, savepoint=False, durable=outer is None),  # noqa: TID251
    ):
        epoch = _enter(alias, shard, owner_id, key, outer)
        token = binding.bind(Binding(alias, shard, owner_id, epoch, threading.get_ident()))
        try:
            yield Write(owner_id, alias, epoch, key)
        finally:
            binding.unbind(token)
    if outer is None:
        _note(alias, epoch)


def _enter(alias: str, shard: int | None, owner_id: int, key: Once | None, outer: Binding | None) -> int:
    """Pass the fence and take the `once` row, in one round trip; return the epoch."""
    if key is None and (outer is not None or shard is None):
        return 0 if outer is None else outer.epoch
    if key is not None:
        key.claim(owner_id)
    try:
        row = _ask(alias, shard, owner_id, key)
    except DatabaseError as error:
        if key is not None and sqlstate_of(error) == LOCK_NOT_AVAILABLE:
            raise InFlight(f"Another request holds the key {key.key!r}.") from error
        raise
    epoch, *rest = row
    if key is not None:
        is_fresh, *kept = rest
        if not is_fresh:
            once.refuse_repeat(key, StoredResponse(*kept))
    return int(epoch)


def _ask(alias: str, shard: int | None, owner_id: int, key: Once | None) -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        if key is None:
            cursor.execute(_ENTER, [shard])
        elif shard is None:
            cursor.execute(_DIRECTORY_ONCE, once.parameters(owner_id, key))
        else:
            cursor.execute(_ENTER_ONCE, [shard, *once.parameters(owner_id, key)])
        row: tuple[Any, ...] = cursor.fetchone()
    return row


@contextmanager
def _naming_moves(alias: str, shard: int | None) -> Iterator[None]:
    """Turn the fence's refusal into ShardMoved, with a fresh map."""
    try:
        yield
    except DatabaseError as error:
        if sqlstate_of(error) != FENCED:
            raise
        _refresh_map()
        raise ShardMoved(shard, alias) from error


def _refresh_map() -> None:
    try:
        shard_map.refresh()
    except DatabaseError as error:
        # The retry will meet the fence again and end in 503; hiding the move would help nobody.
        log.warning("shard_map.not_refreshed", error=tell(error))


def _note(alias: str, epoch: int) -> None:
    """Note the log position; the write stands, so trouble here is only logged."""
    try:
        freshness.note(alias, epoch)
    except DatabaseError as error:
        log.warning("freshness.not_noted", alias=alias, error=tell(error))
