"""
Ids: `ms since 2025-01-01 << 22 | shard << 10 | sequence`, 63 bits, minted by the database.

The bits are pure functions. The primary-key field puts `next_id(shard)` into the INSERT itself and reads
the value back by RETURNING, so that an id costs no round trip.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, models

from sharding import binding
from sharding.errors import NoShard

SHARDS = 4096
LAST_ID = 2**63 - 1
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
EPOCH_MS = int(EPOCH.timestamp()) * 1000

_SHARD_SHIFT = 10
_TIME_SHIFT = 22


def shard_of(any_id: int) -> int:
    """Return the shard that stands in an id."""
    return (any_id >> _SHARD_SHIFT) & (SHARDS - 1)


def make_id(ms: int, shard: int, sequence: int) -> int:
    """Return the id of a moment (ms since 2025), a shard and a sequence number; for tests and bounds."""
    return (ms << _TIME_SHIFT) | (shard << _SHARD_SHIFT) | sequence


def moment_of(any_id: int) -> datetime:
    """Return when an id was minted, to the millisecond."""
    return EPOCH + timedelta(milliseconds=any_id >> _TIME_SHIFT)


def id_of_key(kind: str, key: str) -> int:
    """
    Return the id of an owner that nobody mints: a word, which has its shard by chance, and always the same.

    63 bits of a hash, of which those at the shard's place say where its rows lie; its time means nothing.
    That any two of a hundred million keys share one has a chance of 1 in 2,000, and to find a word that
    shares a given one's takes 2^63 attempts.
    """
    digest = hashlib.blake2b(f"{kind}:{key}".encode(), digest_size=8, person=b"banyan.key").digest()
    return (int.from_bytes(digest) >> 1) or 1


def is_mintable(any_id: int) -> bool:
    """Tell whether a number could be an id at all; what cannot is absent everywhere."""
    return 0 < any_id <= LAST_ID


def mint_ids(shard: int, n: int, *, using: str) -> list[int]:
    """Mint n ids of one shard in one round trip, paced at 64 a millisecond, rising."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT next_ids(%s, %s)", [shard, n])
        return [row[0] for row in cursor.fetchall()]


class NextId(models.Func):
    """The SQL that mints one id."""

    function = "next_id"
    output_field = models.BigIntegerField()

    def __init__(self, shard: int) -> None:
        super().__init__(models.Value(shard, output_field=models.IntegerField()))


class ShardedIdField(models.BigIntegerField):  # type: ignore[type-arg]
    """
    A primary key (unless told otherwise) minted in the INSERT by the database that runs it.

    The shard is the owner's; without an owner key it is the instance's `shard_hint` (a directory model
    whose shard was chosen), and else the binding's. An explicit id is kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        kwargs["editable"] = False
        # Without `blank`, full_clean() refuses the id that only the database can know.
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what the field sets by itself."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("primary_key", "editable", "blank"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs if self.primary_key else {**kwargs, "primary_key": False}

    @property
    def db_returning(self) -> bool:
        """Tell Django to read the value back."""
        return True

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the explicit id, or the expression that mints one."""
        value = getattr(model_instance, self.attname)
        return NextId(_shard_for(model_instance)) if value is None and add else value


def _shard_for(instance: models.Model) -> int:
    if (hint := getattr(instance, "shard_hint", None)) is not None:
        return int(hint)
    owner_key = getattr(instance, "owner_key", None)
    if owner_key is not None and (owner_id := getattr(instance, owner_key)) is not None:
        return shard_of(owner_id)
    bound = binding.current()
    if bound is None or bound.shard is None:
        raise NoShard(
            f"{type(instance).__name__} has no owner, no shard_hint and no binding to mint an id for."
        )
    return bound.shard
