"""What goes in and what comes out of mailings."""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StringConstraints

from modules.kernel.shapes import Body, Id, Nothing, Page, Shape, UtcDateTime
from modules.kernel.text import PlainText

MailingList = Literal["digest", "newsletter"]
# What a link in a mail holds is the place in here: what is new comes last.
MAILING_LISTS: Final[tuple[MailingList, ...]] = get_args(MailingList)

IssueState = Literal["draft", "sending", "paused", "canceled", "sent"]
STATES: Final[tuple[IssueState, ...]] = get_args(IssueState)

WebAddress = Annotated[
    str,
    StringConstraints(pattern=r"^https://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[!#-;=?-~]*)?$", max_length=500),
    Field(examples=["https://example.org/news"]),
]


class Mailings(Shape):
    """What the caller wants mailed. How often they want a digest is among their notification preferences."""

    digest_hour: int = Field(description="The hour of the caller's day at which a digest comes.")
    time_zone: str | None = Field(
        description="Of whose hours these are; null for that of their quiet hours, or UTC without any."
    )
    next_digest_at: UtcDateTime | None = Field(
        description="When the next digest is due; null if none is wanted. A change of preferences shows here"
        " within seconds."
    )
    newsletter: bool = Field(
        description="Whether they get the newsletter; nobody does who did not ask for it."
    )


class EditMailings(Body):
    """What to change; what is left out stays as it is."""

    digest_hour: Annotated[int, Field(ge=0, le=23)] = Field(default_factory=int)
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        examples=["Europe/Berlin"],
        description="A name of the IANA time zone database; null for that of the quiet hours.",
    )
    newsletter: bool = Field(default_factory=bool)


class NewLink(Body):
    """A link to what is worth reading."""

    text: Annotated[str, PlainText(1, 100, lines=False)]
    url: WebAddress


class NewSection(Body):
    """A part of an issue, shown in this order; what is left out is not there."""

    heading: Annotated[str, PlainText(0, 100, lines=False)] = ""
    paragraphs: Annotated[list[Annotated[str, PlainText(1, 2000)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    links: Annotated[list[NewLink], Field(max_length=20)] = Field(default_factory=list)
    post_ids: Annotated[list[Id], Field(max_length=10)] = Field(
        default_factory=list,
        description="Posts to show: to whom may see them when it is mailed, and does not mute their authors.",
    )


class NewIssue(Body):
    """An issue of the newsletter. All of it is plain text; what looks like HTML is shown as it stands."""

    subject: Annotated[str, PlainText(1, 150, lines=False)]
    sections: Annotated[list[NewSection], Field(min_length=1, max_length=20)]


class EditIssue(Body):
    """What to change of a draft; what is left out stays as it is."""

    subject: Annotated[str, PlainText(1, 150, lines=False)] = Field(default_factory=str)
    sections: Annotated[list[NewSection], Field(min_length=1, max_length=20)] = Field(default_factory=list)


class SetIssueState(Body):
    """What is to become of an issue: sent (again, if it was paused), paused, or called off for good."""

    state: Literal["sending", "paused", "canceled"]


class Link(Shape):
    """A link."""

    text: str
    url: str


class Section(Shape):
    """A part of an issue."""

    heading: str
    paragraphs: list[str]
    links: list[Link]
    post_ids: list[Id]


class IssueCard(Shape):
    """An issue of the newsletter, and how far it has gone round."""

    id: Id
    subject: str
    sections: list[Section]
    state: IssueState
    author_id: Id
    created_at: UtcDateTime
    sent_at: UtcDateTime | None = Field(description="When it was first sent; null of a draft.")
    finished_at: UtcDateTime | None = Field(description="When its last mail was written; null until then.")
    mailed: int = Field(description="To how many it was mailed.")
    passed_over: int = Field(description="How many want it and have no proven address, or a closed account.")


class IssuePage(Page[IssueCard, Nothing, Nothing]):
    """The issues, newest first."""


class PartProgress(Shape):
    """How far an issue has gone round some shards."""

    first_shard: int
    last_shard: int
    mailed: int
    passed_over: int
    is_done: bool
    moved_at: UtcDateTime


class IssueProgress(Shape):
    """How far an issue has gone round, by shards; nothing of a draft."""

    state: IssueState
    parts: list[PartProgress]


class TrialMail(Shape):
    """That a test is on its way."""

    issue_id: Id
