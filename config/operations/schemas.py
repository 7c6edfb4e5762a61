"""What an operator is told; each part says its own state, and `troubles` says in words what is wrong."""

from typing import Annotated, Literal

from pydantic import Field

from modules.kernel.shapes import Shape, UtcDateTime

Database = Annotated[str, Field(examples=["b"])]
# A process as others name it: its kind and id.
Who = Annotated[str, Field(examples=["api 4711"])]
Server = Literal["ok", "frozen", "away", "behind", "paused", "demoted"]


class TableRows(Shape):
    """How many rows a table has, as PostgreSQL estimates it; null where it has never looked."""

    table: Annotated[str, Field(examples=["posts_post"])]
    rows: int | None


class DatabaseStatus(Shape):
    """
    One database, asked by itself.

    `frozen` takes connections and answers nothing; `away` cannot be reached. A replica is `behind` if it did
    not get where its primary was in a third of a second; then `lag_seconds` is the age of its last commit.
    """

    name: Database
    role: Literal["directory", "instance", "replica"]
    primary: str | None = Field(description="Of a replica: whose it is.", examples=[None])
    state: Server
    reason: str | None = Field(description="What the driver says, if there is no answer.", examples=[None])
    answered_ms: float | None
    size_bytes: int | None
    rows: int | None = Field(description="The sum of the estimates.")
    tables: list[TableRows] = Field(description="The ten largest.")
    connections: int | None
    max_connections: int | None
    shards: int | None = Field(description="That the shard map gives to an instance.")
    owned_shards: int | None = Field(description="That the instance itself says it owns.")
    lag_bytes: int | None
    lag_seconds: float | None
    turned_away_by: list[Who] = Field(description="The processes whose breaker is open.", examples=[[]])


class SubscriberStatus(Shape):
    """What waits for one subscriber."""

    subscriber: Annotated[str, Field(examples=["timelines.fan_out"])]
    waiting: int
    dead: int
    oldest_seconds: float


class Leader(Shape):
    """The relay that leads: its process of PostgreSQL, and from where it came."""

    pid: int
    address: Annotated[str, Field(examples=["10.0.0.7"])]


class OutboxStatus(Shape):
    """The outbox of a database that answers: who relays it, and what waits there."""

    database: Database
    leader: Leader | None
    recorded: int
    waiting: int
    dead: int
    oldest_seconds: float
    subscribers: list[SubscriberStatus]


class QueueStatus(Shape):
    """A queue at the broker; null where it does not answer."""

    queue: Annotated[str, Field(examples=["fanout"])]
    messages: int | None


class RedisStatus(Shape):
    """One hot Redis: whose it is, and its memory; a limit of 0 is none."""

    name: Database
    state: Literal["ok", "away"]
    used_bytes: int | None
    max_bytes: int | None
    turned_away_by: list[Who] = Field(examples=[[]])


class ProcessStatus(Shape):
    """A process that was heard of in the last ten minutes, and has not said that it ends."""

    kind: Literal["api", "realtime", "worker", "child of worker", "relay", "beat"]
    host: Annotated[str, Field(examples=["api-1"])]
    pid: int
    state: Literal["ok", "silent", "idle"] = Field(
        description="`idle` is heard of and cannot work, as a worker without its broker."
    )
    says: Annotated[str, Field(examples=[""])]
    heard_seconds: float
    up_seconds: float


class BeatStatus(Shape):
    """When the clock ticked last, whichever process it was; null if not within a week."""

    ticked_seconds: float | None


class ErrorEntry(Shape):
    """An exception in a log: where it was met and of which kind, never what anybody sent."""

    at: UtcDateTime
    process: Who
    event: Annotated[str, Field(examples=["request_failed"])]
    error: Annotated[str, Field(examples=["KeyError"])]
    where: Annotated[str, Field(examples=["modules/posts/services/posts.py:40 in publish_post"])]
    request_id: str | None


class SlowEntry(Shape):
    """A request that took half a second or longer."""

    at: UtcDateTime
    process: Who
    operation: Annotated[str, Field(examples=["publish_post"])]
    status: int
    milliseconds: float
    request_id: str


class Report(Shape):
    """What a process tells of itself, for whoever looks; it is no part of the contract."""

    kind: Literal["api", "realtime", "worker", "child of worker", "relay", "beat"]
    host: str
    pid: int
    up_seconds: float
    can_work: bool
    says: str
    open: list[str]


class OperationsStatus(Shape):
    """
    The whole system, as one look found it; looks are shared, so that ten who watch cost what one does.

    What processes say of themselves is null or empty while the directory's Redis is away: it lies there.
    """

    looked_at: UtcDateTime
    took_ms: float
    is_well: Annotated[bool, Field(examples=[False])]
    troubles: Annotated[list[str], Field(examples=[["b takes connections and does not answer."]])]
    databases: list[DatabaseStatus]
    outboxes: list[OutboxStatus]
    redis: list[RedisStatus]
    broker: Literal["ok", "away"]
    queues: list[QueueStatus]
    processes: list[ProcessStatus]
    beat: BeatStatus
    errors: list[ErrorEntry] = Field(description="The last twenty, newest first.")
    slow: list[SlowEntry] = Field(description="The last twenty, newest first.")
