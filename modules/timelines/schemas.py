"""What crosses the doors of timelines; a timeline is a page of posts, and its shape is theirs."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from modules.kernel.shapes import Body, Id, Nothing, Page, Shape, Single, UtcDateTime
from modules.kernel.text import PlainText

# No name is dots alone: clients and proxies would resolve it as a step in a path.
TimelineName = Annotated[
    str, StringConstraints(pattern="^[a-z0-9][a-z0-9_.:-]{0,63}$"), Field(examples=["home"])
]
ListName = Annotated[str, PlainText(1, 50, lines=False)]


class NewMarker(Body):
    """How far the caller has read."""

    last_read_id: Id = Field(description="The id of the newest thing that was read.")


class MarkerCard(Shape):
    """How far the caller has read a timeline."""

    timeline: str
    last_read_id: Id
    updated_at: UtcDateTime


class MarkerPage(Page[MarkerCard, Nothing, Nothing]):
    """How far the caller has read each timeline, by name."""


class NewList(Body):
    """A list to make."""

    name: ListName


class EditList(Body):
    """What to change of a list; what is left out stays as it is."""

    # The factory is never asked for a value; it keeps a default, which would be a lie, out of the schema.
    name: ListName = Field(default_factory=str)


class ListCard(Shape):
    """A list of people, as its owner sees it; nobody else does."""

    id: Id
    name: str
    created_at: UtcDateTime


class ListView(Single[ListCard, Nothing, Nothing]):
    """One list."""


class ListPage(Page[ListCard, Nothing, Nothing]):
    """The caller's lists, newest first."""


@dataclass(frozen=True, slots=True)
class TimelineSettings:
    """
    How much of a home is kept at hand, and how much of anything a user may have.

    A window holds `window_size` entries, and `slack` more before a trim; it lives `ttl_seconds` after its
    last read. A cold read pulls `pull_size` posts; of an author whom readers pull, `pulled_size` are kept.
    """

    window_size: int = 800
    slack: int = 80
    pull_size: int = 100
    pulled_size: int = 200
    ttl_seconds: int = 7 * 24 * 3600
    list_cap: int = 50
    member_cap: int = 200
    # A marker for each list, for home and notifications, and as many again for what apps think of.
    marker_cap: int = 100
