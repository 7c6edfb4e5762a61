"""Tables of posts."""

from modules.posts.models.drafts import Draft
from modules.posts.models.marks import Bookmark, MarkCount
from modules.posts.models.posts import AuthorCount, Post
from modules.posts.models.reactions import PostCount, ReactionIn, ReactionOut
from modules.posts.models.revisions import PostRevision
from modules.posts.models.shares import Repost, Share
from modules.posts.models.tags import Tag, TagPost, TagStat, TagTotal, TagUse
from modules.posts.models.threads import ThreadEntry

__all__ = [
    "AuthorCount",
    "Bookmark",
    "Draft",
    "MarkCount",
    "Post",
    "PostCount",
    "PostRevision",
    "ReactionIn",
    "ReactionOut",
    "Repost",
    "Share",
    "Tag",
    "TagPost",
    "TagStat",
    "TagTotal",
    "TagUse",
    "ThreadEntry",
]
