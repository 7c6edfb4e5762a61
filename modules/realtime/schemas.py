"""What goes in and what comes out of realtime, and the figures it runs by."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from modules.kernel.principals import FIRST_PARTY
from modules.kernel.shapes import IntRange, Query, Shape, UtcDateTime

# What may stand in a log, and the scope that credentials need to be told of it. Nothing else is told.
KINDS: Final = {
    "marker.changed": "read:timelines",
    "relationship.changed": "read:graph",
    "media.ready": "read:media",
    "media.failed": "read:media",
    "notifications.changed": "read:notifications",
    # No app is told: none may see an export.
    "export.progress": FIRST_PARTY,
    "export.ready": FIRST_PARTY,
    "export.failed": FIRST_PARTY,
}
# The greatest number that JavaScript holds; numbers are microseconds, which reach it in the year 2255.
MAX_NUMBER: Final = 2**53 - 1
# Longer than a request may take elsewhere: only the process that holds sockets waits.
MAX_WAIT: Final = 25


class UpdatesQuery(Query):
    """What of the caller's log to show."""

    since: Annotated[
        int | None,
        IntRange(0, MAX_NUMBER),
        Field(description="The `seq` of what was read last; without it, the answer says where to begin."),
    ] = None
    wait: Annotated[
        int,
        IntRange(0, MAX_WAIT),
        Field(description="For how many seconds to wait for something new; the answer may come sooner."),
    ] = 0


class Update(Shape):
    """One event that concerns the caller."""

    topic: Literal["me"]
    seq: int = Field(
        description="Its number: greater than that of every earlier one.", examples=[1795763763576846]
    )
    id: str = Field(description="The same for whatever tells of this event.", examples=["284736281736281"])
    type: str = Field(examples=["marker.changed"], description="Ignore those that you do not know.")
    ts: UtcDateTime = Field(description="When it happened.")
    data: dict[str, Any] = Field(examples=[{"timeline": "home", "last_read_id": "284736281736281"}])


class UpdatePage(Shape):
    """What has happened, oldest first."""

    data: list[Update]
    seq: int = Field(description="What to send as `since` next.", examples=[1795763763576846])
    resync: bool = Field(
        description="Whether something may be missing before this: read anew whatever you show, then go on."
    )


class NewTicket(Shape):
    """What opens one socket, once and soon."""

    ticket: str = Field(examples=["q7Zt0VwLx2bYcJ4n9KfUe1RmAoPsGhDi"])
    url: str = Field(description="Where to connect.", examples=["wss://api.example.org/v1/realtime"])
    expires_at: UtcDateTime


@dataclass(frozen=True, slots=True)
class RealtimeSettings:
    """Limits of logs and sockets; `config/settings` fills it. Times are in seconds."""

    # Where clients open sockets.
    url: str = ""
    # Of each user.
    log_size: int = 500
    log_ttl: int = 24 * 3600
    ticket_ttl: int = 30
    # Of one process, and of one user in it; of threads, that ask databases and Redis for all of them.
    sockets: int = 10_000
    sockets_per_user: int = 5
    threads: int = 4
    topics_per_socket: int = 50
    # How many pushes may wait for a reader.
    backlog: int = 100
    # What a client may send: so much at once, and then so much each second.
    frames_at_once: int = 60
    frames_per_second: float = 10.0
    errors_per_socket: int = 10
    # Whoever is cut off is let go of after so long, whether they hear of it or not.
    close_within: float = 5.0
    # How often credentials and topics are looked at without any news of them.
    recheck_after: float = 60.0
    # Where nobody can tell whether credentials still live: no longer than a request would believe Redis.
    believed_for: float = 120.0
    # Hints and counts come at most this often for each topic.
    hint_interval: float = 1.0
    # Pages of these origins may open sockets, beside those of the service itself.
    origins: frozenset[str] = frozenset()
