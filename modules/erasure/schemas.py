"""What a receipt shows, and how far an erasure has come."""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field

from modules.kernel.shapes import Query, Shape, UtcDateTime


class Stage(IntEnum):
    """Where an erasure is; each is repeated from its beginning by whoever comes after one that died."""

    # What others have to hear of is ended, and told.
    TELLING = 0
    # All have heard; the user's rows are deleted.
    DELETING = 1
    # Their account is deleted in the directory.
    FORGETTING = 2
    # What the news of that has left behind, and Redis.
    CLEARING = 3
    FINISHED = 4


class ReceiptQuery(Query):
    """Which erasure is meant."""

    receipt: Annotated[
        str, Field(max_length=100, description="As `DELETE /v1/me` has answered it, and mails have it.")
    ]


class Erased(Shape):
    """How many rows, or keys, went from one table, or server."""

    name: str
    count: int


class Place(Shape):
    """What went in one place: a shard, the directory, the Redis."""

    place: str
    erased: list[Erased]


class DeletionView(Shape):
    """
    What becomes of an account whose user closed it.

    It is `planned` till no log-in can take it back any more, `erasing`, and `erased` when nothing is left.
    """

    state: Literal["planned", "erasing", "erased"]
    delete_after: UtcDateTime | None
    begun_at: UtcDateTime | None
    finished_at: UtcDateTime | None
    receipts: list[Place]
