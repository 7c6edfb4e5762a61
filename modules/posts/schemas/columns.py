"""Audiences, policies and kinds as rows and heads hold them, and the columns of a new row."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from modules.kernel.shapes import Id
from modules.kernel.text import PlainText
from modules.media.schemas import MAX_ATTACHED

# Who may see a post, and who may reply to it: a row and the head of a card hold the place in the list.
Audience = Literal["public", "followers", "mentioned"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
PUBLIC, FOLLOWERS, MENTIONED = range(3)
ReplyPolicy = Literal["everyone", "following", "mentioned", "nobody"]
REPLY_POLICIES: tuple[ReplyPolicy, ...] = get_args(ReplyPolicy)
PostKind = Literal["post", "repost", "quote"]
KINDS: tuple[PostKind, ...] = get_args(PostKind)
PLAIN, REPOST, QUOTE = range(3)
# How many posts may be above one in its thread.
MAX_DEPTH = 20

# The columns in which a new post's row differs from an empty one, beside its id, with their types: of these
# every INSERT is made that the ORM does not write.
POST_COLUMNS: Mapping[str, str] = {
    "author_id": "bigint",
    "text": "text",
    "published_at": "timestamptz",
    "version": "integer",
    "audience": "smallint",
    "entities": "text",
    "custom": "text",
    "reply_policy": "smallint",
}
# The further ones of what replies to a post, or passes one on.
LINK_COLUMNS: Mapping[str, str] = {
    "kind": "smallint",
    "reply_to_id": "bigint",
    "reply_to_author_id": "bigint",
    "root_id": "bigint",
    "root_author_id": "bigint",
    "depth": "smallint",
    "original_id": "bigint",
    "original_author_id": "bigint",
}

# And of what shows something.
MEDIA_COLUMNS: Mapping[str, str] = {"media_ids": "text"}

# Nothing, or something that can be seen: what shows an image or a video needs no words.
PostText = Annotated[
    str,
    PlainText(1, 5000, may_be_empty=True),
    Field(description="Empty if it shows media instead: a post has at least one of both."),
]
AudienceField = Annotated[
    Audience,
    Field(description="Who may see it beside the author: everybody, their followers, or who is mentioned."),
]
ReplyPolicyField = Annotated[
    ReplyPolicy,
    Field(
        description="Who may reply beside the author: everybody, whom they follow, the mentioned, or nobody. "
        "For a whole thread that of its root holds."
    ),
]

MediaIds = Annotated[
    list[Id],
    Field(
        max_length=MAX_ATTACHED,
        description="The images and videos that it shows, in this order: uploaded, the author's own, shown "
        "by nothing else.",
        examples=[[]],
    ),
]

ReactionType = Annotated[str, Field(pattern="^[a-z0-9_]{1,20}$", examples=["like"])]
