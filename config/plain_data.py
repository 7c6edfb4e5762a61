"""
What the cache holds: JSON with a few tags, so that whoever writes to Redis runs no code here.

django-redis pickles by default, and its own JSON would hand lists back for the tuples that cachalot keeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django_redis.exceptions import ConnectionInterrupted
from django_redis.serializers.base import BaseSerializer

# Every JSON object is a tag with one value: a type and what it is made from. A datetime is a date as well.
_WRITE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    tuple: ("tuple", lambda value: [_pack(item) for item in value]),
    set: ("set", lambda value: [_pack(item) for item in value]),
    frozenset: ("frozenset", lambda value: [_pack(item) for item in value]),
    dict: ("dict", lambda value: [[_pack(key), _pack(item)] for key, item in value.items()]),
    bytes: ("bytes", lambda value: value.hex()),
    memoryview: ("bytes", lambda value: value.hex()),
    datetime: ("datetime", datetime.isoformat),
    date: ("date", date.isoformat),
    timedelta: ("timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    Decimal: ("decimal", str),
    UUID: ("uuid", str),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "bytes": bytes.fromhex,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "decimal": Decimal,
    "uuid": UUID,
}


class PlainDataSerializer(BaseSerializer):  # type: ignore[misc]  # it has no types
    """The SERIALIZER of django-redis; what it cannot read is as good as absent."""

    def dumps(self, value: Any) -> bytes:
        """
        Write a value.

        :raises TypeError: if it is no plain data
        """
        return json.dumps(_pack(value)).encode()

    def loads(self, value: bytes) -> Any:
        """
        Read a value.

        :raises ConnectionInterrupted: if it is none of ours, for django-redis makes a miss of that
        """
        try:
            return json.loads(value, object_hook=_unpack)
        except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
            raise ConnectionInterrupted(connection=None) from error


def _pack(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        return [_pack(item) for item in value]
    for kind, (tag, write) in _WRITE.items():
        if isinstance(value, kind):
            return {tag: write(value)}
    raise TypeError(f"The cache holds plain data only, no {type(value).__name__}.")


def _unpack(tagged: dict[str, Any]) -> Any:
    [(tag, value)] = tagged.items()
    return _READ[tag](value)
