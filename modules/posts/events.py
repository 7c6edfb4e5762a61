"""What posts announces."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPublished:
    """A post became visible to its audience, of which this is the code."""

    name: ClassVar[str] = "posts.post_published.v1"

    post_id: int
    author_id: int
    # What was recorded before there were others was public.
    audience: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited:
    """
    A post was changed by its author; `version` is what it is now, the audiences are those of now and before.

    `mentioned_ids` are those whom it mentions now and did not before.
    """

    name: ClassVar[str] = "posts.post_edited.v1"

    post_id: int
    author_id: int
    version: int
    audience: int
    former_audience: int
    mentioned_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted:
    """A post was deleted by its author; `version` is that of its tombstone."""

    name: ClassVar[str] = "posts.post_deleted.v1"

    post_id: int
    author_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsPurged:
    """What these users said of a deleted post is forgotten with it, on its side; recorded in parts."""

    name: ClassVar[str] = "posts.reactions_purged.v1"

    post_id: int
    author_id: int
    user_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersMentioned:
    """
    A post mentions these from this version on.

    `root_id` is the root of its thread, 0 of one that is no reply. Its author is not among them, nor whom it
    replies to: they hear of the reply.
    """

    name: ClassVar[str] = "posts.users_mentioned.v1"

    post_id: int
    author_id: int
    user_ids: list[int]
    root_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionsRemoved:
    """A post mentions these no more, from this version on: it was edited, or is gone."""

    name: ClassVar[str] = "posts.mentions_removed.v1"

    post_id: int
    author_id: int
    user_ids: list[int]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledPostPublished:
    """The clock has published what its author had scheduled."""

    name: ClassVar[str] = "posts.scheduled_post_published.v1"

    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTagged:
    """
    A post for everybody has these tags, and is to be found by them; `version` is that of the post.

    What is announced again (`is_news` false) was counted when it was news.
    """

    name: ClassVar[str] = "posts.post_tagged.v1"

    post_id: int
    author_id: int
    version: int
    tags: list[str]
    is_news: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsRemoved:
    """By these tags a post is found no more: it is gone, is for fewer, or does not say them any longer."""

    name: ClassVar[str] = "posts.tags_removed.v1"

    post_id: int
    author_id: int
    version: int
    tags: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPurged:
    """A deleted post that had these tags was purged: those that no other has are forgotten as words."""

    name: ClassVar[str] = "posts.tags_purged.v1"

    post_id: int
    author_id: int
    tags: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsDue:
    """What an author said to everybody, in posts older than one, is to be found by its tags from now on."""

    name: ClassVar[str] = "posts.tags_due.v1"

    author_id: int
    before_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A post that was published replies to another; recorded beside it, on its author's shard."""

    name: ClassVar[str] = "posts.replied.v1"

    post_id: int
    author_id: int
    parent_id: int
    parent_author_id: int
    root_id: int
    root_author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRemoved:
    """A reply was deleted; it never comes back."""

    name: ClassVar[str] = "posts.reply_removed.v1"

    post_id: int
    author_id: int
    parent_id: int
    parent_author_id: int
    root_id: int
    root_author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShared:
    """A post passes another one on, as a repost or a quote, of which this is the code."""

    name: ClassVar[str] = "posts.post_shared.v1"

    post_id: int
    author_id: int
    original_id: int
    original_author_id: int
    kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRemoved:
    """A repost or a quote is gone; it never comes back, and the same user may repost anew."""

    name: ClassVar[str] = "posts.share_removed.v1"

    post_id: int
    author_id: int
    original_id: int
    original_author_id: int
    kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded:
    """
    Somebody reacts to a post; recorded on their shard, which is the authority.

    `version` is that of their own marks, which this has changed.
    """

    name: ClassVar[str] = "posts.reaction_added.v1"

    user_id: int
    post_id: int
    type: str
    edge_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved:
    """The reaction of this `edge_id` was taken back; a newer one of the same type may exist already."""

    name: ClassVar[str] = "posts.reaction_removed.v1"

    user_id: int
    post_id: int
    type: str
    edge_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookmarksChanged:
    """A user has a bookmark more or less. Of what, is nobody's business; `version` is that of their marks."""

    name: ClassVar[str] = "posts.bookmarks_changed.v1"

    user_id: int
    version: int
