"""Spans of what is asked of PostgreSQL: sharding's verbs, statements without their values, the COMMIT."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.sql.compiler import SQLCompiler
from opentelemetry.trace import SpanKind

from config.tracing.replacing import replace
from config.tracing.spans import Attributes, Spanning, is_recording
from sharding import outages, scatter, scope
from sharding.backend.base import DatabaseWrapper
from sharding.managers import ShardedManager

_LONGEST = 2_000
_INNERMOST = re.compile(r"\([^()]*\)")
# What a statement does at its outermost, and to which table; or which function it calls.
_ACT = re.compile(r'\b(?:(INSERT) INTO|(UPDATE)|(DELETE) FROM|(SELECT)(?:\b.*?\bFROM)?)\s+"?(\w+)', re.DOTALL)

# By which verb of sharding the statements of now are run, and on which shard where it is one.
_verb: ContextVar[tuple[str, int | None] | None] = ContextVar("tracing_verb", default=None)


def install() -> None:
    """Span the statements of every connection from here on."""
    connection_created.connect(_watch, dispatch_uid="tracing")
    replace(DatabaseWrapper, "_commit", _commit)
    replace(DatabaseWrapper, "get_new_connection", _connect)
    replace(scope, "_transaction", _transaction)
    replace(scatter, "per_instance", _per_instance)
    replace(scatter, "run_within", _everywhere)
    replace(ShardedManager, "gather", _gather)
    replace(SQLCompiler, "execute_sql", _of)


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    if not is_recording():
        return execute(sql, params, many, context)
    name, about = _described(sql if isinstance(sql, str) else type(sql).__name__)
    with Spanning(name, SpanKind.CLIENT, {**about, **_place(context["connection"].alias)}):
        return execute(sql, params, many, context)


@lru_cache(maxsize=1_000)
def _described(sql: str) -> tuple[str, Attributes]:
    """Return what a statement is called, and what there is to be told of it."""
    outer, inner = sql, 1
    while inner:
        outer, inner = _INNERMOST.subn(" ", outer)
    found = _ACT.search(outer)
    operation = found[1] or found[2] or found[3] or found[4] if found else sql.split(None, 1)[0].upper()
    target = found[5] if found else ""
    name = f"{operation} {target}".strip()
    return name, {
        "db.system.name": "postgresql",
        "db.operation.name": operation,
        "db.query.summary": name,
        "db.query.text": " ".join(sql.split())[:_LONGEST],
    }


def _place(alias: str) -> dict[str, str | int]:
    """Return which database it is, and by which verb and on which shard it is asked."""
    place: dict[str, str | int] = {"banyan.instance": outages.name_of(alias)}
    if (known := _verb.get()) is not None:
        verb, shard = known
        place["banyan.verb"] = verb
        if shard is not None:
            place["banyan.shard"] = shard
    return place


@contextmanager
def _by(verb: str, shard: int | None = None) -> Iterator[None]:
    token = _verb.set((verb, shard))
    try:
        yield
    finally:
        _verb.reset(token)


def _commit(commit: Callable[..., None]) -> Callable[..., None]:
    def spanned(self: DatabaseWrapper) -> None:
        if self.connection is None or not is_recording():
            return commit(self)
        with _client("COMMIT", self.alias):
            return commit(self)

    return spanned


def _connect(connect: Callable[..., Any]) -> Callable[..., Any]:
    def spanned(self: DatabaseWrapper, parameters: dict[str, Any]) -> Any:
        if not is_recording():
            return connect(self, parameters)
        with _client("CONNECT", self.alias):
            return connect(self, parameters)

    return spanned


def _client(operation: str, alias: str) -> Spanning:
    about = {"db.system.name": "postgresql", "db.operation.name": operation, **_place(alias)}
    return Spanning(operation, SpanKind.CLIENT, about)


def _transaction(
    open_one: Callable[..., AbstractContextManager[scope.Write]],
) -> Callable[..., AbstractContextManager[scope.Write]]:
    @contextmanager
    def spanned(alias: str, shard: int | None, owner_id: int, key: Any, outer: Any) -> Iterator[scope.Write]:
        if outer is not None or not is_recording():
            with open_one(alias, shard, owner_id, key, outer) as write:
                yield write
            return
        verb = "writing_directory" if shard is None else "writing_for"
        with (
            _by(verb, shard),
            Spanning(verb, attributes=_place(alias)),
            open_one(alias, shard, owner_id, key, outer) as write,
        ):
            yield write

    return spanned


def _per_instance(read: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def spanned(ids: Collection[int], *args: Any, **kwargs: Any) -> list[Any]:
        known = _verb.get()
        verb = "read_per_instance" if known is None else known[0]
        if not ids or verb not in ("gather", "read_per_instance") or not is_recording():
            return read(ids, *args, **kwargs)
        with _by(verb), Spanning(verb, attributes={"banyan.verb": verb, "banyan.ids": len(ids)}):
            return read(ids, *args, **kwargs)

    return spanned


def _gather(gather: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def spanned(self: Any, ids: Collection[int], **kwargs: Any) -> list[Any]:
        if _verb.get() is not None or not is_recording():
            return gather(self, ids, **kwargs)
        with _by("gather"):
            return gather(self, ids, **kwargs)

    return spanned


def _everywhere(run: Callable[..., Any]) -> Callable[..., Any]:
    def spanned(jobs: Mapping[str, Callable[[], Any]], within: float) -> Any:
        if not is_recording():
            return run(jobs, within)
        with _by("everywhere"), Spanning("everywhere", attributes={"banyan.verb": "everywhere"}):
            return run(jobs, within)

    return spanned


def _of(execute: Callable[..., Any]) -> Callable[..., Any]:
    def placed(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        pin = getattr(self.query, "pin", None)
        if pin is None or pin.shard is None or _verb.get() is not None:
            return execute(self, *args, **kwargs)
        with _by("of", pin.shard):
            return execute(self, *args, **kwargs)

    return placed
