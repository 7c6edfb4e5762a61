"""What goes in and what comes out of profiles."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, JsonValue

from modules.graph.schemas import Counts
from modules.kernel.shapes import (
    Body,
    FreeJson,
    Id,
    Ids,
    Moment,
    Nothing,
    Page,
    Query,
    Shape,
    Single,
    splice_ids,
)
from modules.kernel.text import PlainText

CustomData = Annotated[dict[str, JsonValue], FreeJson(max_bytes=4096)]


class EditProfile(Body):
    """What to change of one's own profile; what is left out stays as it is."""

    # The factories are never asked for a value: only what was sent is applied. They keep defaults, which
    # would be a lie here, out of the schema.
    display_name: Annotated[str, PlainText(1, 50, lines=False)] = Field(default_factory=str)
    bio: Annotated[str, PlainText(0, 500)] = Field(default_factory=str)
    custom: CustomData = Field(default_factory=dict)
    hide_counts: bool = Field(
        default_factory=bool, description="Whether nobody else is shown how many follow and are followed."
    )


class ByIds(Query):
    """Whom to show."""

    ids: Ids


class ConfirmDeletion(Query):
    """That the caller means it."""

    confirm: Annotated[str, Field(max_length=30, description="The caller's own username.")]


class Deletion(Shape):
    """Until when logging in takes a deletion back."""

    delete_after: Moment


class UserCard(Shape):
    """A user as everyone sees him."""

    id: Id
    username: str
    display_name: str
    bio: str
    custom: dict[str, JsonValue]
    joined_at: Moment


class UserView(Single[UserCard, Nothing, Counts]):
    """One user; the counts of followers stand in `state`."""


class Settings(Shape):
    """What a user has decided about himself."""

    hide_counts: bool


class MeView(UserView):
    """The caller: counts, hidden or not, stand in `state`, and what only he may know in `settings`."""

    settings: Settings

    @classmethod
    def of(cls, view: UserView, *, settings: Settings) -> Self:
        """Return the answer made of a spliced one."""
        finished = b'%b,"settings":%b}' % (view.json_bytes()[:-1], settings.json_bytes())
        return cls._laid(finished, {**view.__dict__, "settings": settings})


class UserPage(Page[UserCard, Nothing, Counts]):
    """A page of users; the counts of followers stand in `state`."""


class UserBatch(UserPage):
    """The users who were asked for, in that order, and the ids of which there is none to be shown."""

    unavailable: list[Id] = Field(
        description="Those of the missing of which nobody can tell now.", examples=[[]]
    )

    @classmethod
    def of(cls, page: UserPage, *, unavailable: Sequence[int]) -> Self:
        """Return the batch made of a spliced page."""
        finished = b'%b,"unavailable":[%b]}' % (page.json_bytes()[:-1], splice_ids(unavailable))
        return cls._laid(finished, {**page.__dict__, "unavailable": unavailable})
