"""Tables of posts."""

from modules.posts.models.posts import AuthorCount, Post

__all__ = ["AuthorCount", "Post"]
