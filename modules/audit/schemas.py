"""What is told of what was done, and what is to be written down of a request."""

from dataclasses import dataclass

from modules.kernel.shapes import Id, Nothing, Page, Shape, UtcDateTime


@dataclass(frozen=True, slots=True)
class Action:
    """What a request is about to do, without its query string."""

    method: str
    path: str
    request_id: str


class AuditCard(Shape):
    """Something that was done with an app's power."""

    id: Id
    at: UtcDateTime
    action: str
    key_id: Id | None
    actor_id: Id | None
    user_id: Id | None
    method: str | None
    path: str | None
    request_id: str | None


class AuditPage(Page[AuditCard, Nothing, Nothing]):
    """A page of what was done, newest first."""
