"""Spans of what is asked of the hot Redis: by command and purpose, which is what its keys begin with."""

from collections.abc import Callable, Sequence
from typing import Any

from opentelemetry.trace import Span, SpanKind

from config.tracing.replacing import replace
from config.tracing.spans import Attributes, Spanning, fail, is_recording, start
from modules.kernel.redis.client import Command, RedisClient
from modules.kernel.redis.wire import keys_of

# Of a long MGET the first tell enough.
_MOST_KEYS = 50


def install() -> None:
    """Span every trip from here on."""
    replace(RedisClient, "run", _run)
    replace(RedisClient, "send", _send)
    replace(RedisClient, "receive", _receive)


def _run(run: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def spanned(self: RedisClient, *commands: Command) -> list[Any]:
        if not commands or not is_recording():
            return run(self, *commands)
        name, about = _described(self, commands)
        with Spanning(name, SpanKind.CLIENT, about):
            return run(self, *commands)

    return spanned


def _send(send: Callable[..., None]) -> Callable[..., None]:
    """Start the span of a server that is asked beside others, each of which is waited for in turn."""

    def spanned(self: RedisClient, commands: Sequence[Command]) -> None:
        self._local.span = None
        if not is_recording():
            return send(self, commands)
        name, about = _described(self, commands)
        self._local.span = span = start(name, SpanKind.CLIENT, about)
        try:
            return send(self, commands)
        except Exception as error:
            _end(span, error)
            raise

    return spanned


def _receive(receive: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def spanned(self: RedisClient, commands: Sequence[Command], **kwargs: Any) -> list[Any]:
        span: Span | None = self._local.span
        if span is None:
            return receive(self, commands, **kwargs)
        try:
            replies = receive(self, commands, **kwargs)
        except Exception as error:
            _end(span, error)
            raise
        _end(span, None)
        return replies

    return spanned


def _end(span: Span, error: Exception | None) -> None:
    if error is not None:
        fail(span, error)
    span.end()


def _described(client: RedisClient, commands: Sequence[Command]) -> tuple[str, Attributes]:
    """Return what a trip is called, and what there is to be told of it: no key, no value."""
    operation = " ".join(dict.fromkeys(str(command[0]) for command in commands))
    purpose = "+".join(sorted({kind for command in commands for kind in _kinds_of(command)}))
    return f"{operation} {purpose}".strip(), {
        "db.system.name": "redis",
        "db.operation.name": operation,
        "db.operation.batch.size": len(commands),
        "banyan.redis": client.name,
        "banyan.purpose": purpose,
    }


def _kinds_of(command: Command) -> set[str]:
    """Return what stands before the colon of each key; a key without one might say anything."""
    keys = command[1:] if command[0] == "MGET" else keys_of(command)
    names = [
        key.decode(errors="replace") if isinstance(key, bytes) else str(key) for key in keys[:_MOST_KEYS]
    ]
    return {kind for kind, colon, _ in (name.partition(":") for name in names) if colon}
