"""Tables of posts."""

from modules.posts.models.marks import Bookmark, MarkCount
from modules.posts.models.posts import AuthorCount, Post
from modules.posts.models.reactions import PostCount, ReactionIn, ReactionOut

__all__ = ["AuthorCount", "Bookmark", "MarkCount", "Post", "PostCount", "ReactionIn", "ReactionOut"]
