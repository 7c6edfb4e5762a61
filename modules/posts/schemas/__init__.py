"""What goes into and comes out of posts, and the figures they run by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from modules.posts.schemas.bodies import (
    POST_CHOICES,
    EditDraft,
    EditPost,
    NewDraft,
    NewPost,
    OfType,
    PostChoice,
    PostContent,
    PublishAt,
    RepliesQuery,
    UserPostsQuery,
)
from modules.posts.schemas.cards import (
    AncestorPage,
    DraftCard,
    DraftPage,
    DraftRefusal,
    Marks,
    OwnPostState,
    PostBatch,
    PostCard,
    PostCounts,
    PostEntity,
    PostIncluded,
    PostPage,
    PostRef,
    PostState,
    PostView,
    Reaction,
    ReactionIncluded,
    ReactionPage,
    Revision,
    RevisionPage,
    UserPostPage,
)
from modules.posts.schemas.columns import (
    AUDIENCES,
    FOLLOWERS,
    KINDS,
    LINK_COLUMNS,
    MAX_DEPTH,
    MEDIA_COLUMNS,
    MENTIONED,
    PLAIN,
    POST_COLUMNS,
    PUBLIC,
    QUOTE,
    REPLY_POLICIES,
    REPOST,
    Audience,
    AudienceField,
    PostKind,
    PostText,
    ReactionType,
    ReplyPolicy,
    ReplyPolicyField,
)
from modules.posts.schemas.heads import POST, POST_COUNT, POST_LAYOUT, CountHead, PostHead, PostKey, refs_of
from modules.posts.schemas.tags import TAG_NEWS, RankedPost, TagCard, TagName, TagNews, TagPage, TagQuery
from modules.posts.schemas.words import Matches, PostQuery, Term, TermKind

__all__ = [
    "AUDIENCES",
    "FOLLOWERS",
    "KINDS",
    "LINK_COLUMNS",
    "MAX_DEPTH",
    "MEDIA_COLUMNS",
    "MENTIONED",
    "PLAIN",
    "POST",
    "POST_CHOICES",
    "POST_COLUMNS",
    "POST_COUNT",
    "POST_LAYOUT",
    "PUBLIC",
    "QUOTE",
    "REPLY_POLICIES",
    "REPOST",
    "TAG_NEWS",
    "AncestorPage",
    "Audience",
    "AudienceField",
    "CountHead",
    "DraftCard",
    "DraftPage",
    "DraftRefusal",
    "EditDraft",
    "EditPost",
    "Marks",
    "Matches",
    "NewDraft",
    "NewPost",
    "OfType",
    "OwnPostState",
    "PastPost",
    "PostBatch",
    "PostCard",
    "PostChoice",
    "PostContent",
    "PostCounts",
    "PostEntity",
    "PostHead",
    "PostIncluded",
    "PostKey",
    "PostKind",
    "PostPage",
    "PostQuery",
    "PostRef",
    "PostSettings",
    "PostState",
    "PostText",
    "PostView",
    "PublishAt",
    "RankedPost",
    "Reaction",
    "ReactionIncluded",
    "ReactionPage",
    "ReactionType",
    "RepliesQuery",
    "ReplyPolicy",
    "ReplyPolicyField",
    "Revision",
    "RevisionPage",
    "TagCard",
    "TagName",
    "TagNews",
    "TagPage",
    "TagQuery",
    "Term",
    "TermKind",
    "UserPostPage",
    "UserPostsQuery",
    "refs_of",
]


@dataclass(frozen=True, slots=True)
class PastPost:
    """
    A post of an import; its id is made from its moment, its author's shard and `sequence` (0 to 1023).

    Two posts of one shard and one millisecond need different sequences; the same three are the same post.
    """

    author_id: int
    text: str
    published_at: datetime
    sequence: int
    audience: Audience = "public"
    custom: Mapping[str, Any] = field(default_factory=dict)
    reply_policy: ReplyPolicy = "everyone"


@dataclass(frozen=True, slots=True)
class PostSettings:
    """
    How people may react, in the order in which clients are told, and limits of posts.

    Of a tag the newest `tag_window` posts are listed, `tag_slack` more before a trim. What is popular is
    found among the posts of `popular_hours`; a tag trends when `trend_authors` have used it within a day.
    """

    reactions: tuple[str, ...] = ("like",)
    bookmark_cap: int = 10_000
    tag_window: int = 10_000
    tag_slack: int = 500
    popular_hours: int = 48
    trend_authors: int = 3
    pin_cap: int = 5
