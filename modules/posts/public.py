"""What others may call: re-exported functions and errors, nothing else."""

from modules.posts.errors import NotYourPost, PostNotFound
from modules.posts.selectors.counts import map_counts
from modules.posts.selectors.newest import list_newest_ids, list_next_ids
from modules.posts.selectors.pages import build_page
from modules.posts.selectors.states import PageState
from modules.posts.selectors.visibility import Visible, map_visible
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction
from modules.posts.services.reposts import repost

__all__ = [
    "NotYourPost",
    "PageState",
    "PostNotFound",
    "Visible",
    "add_reaction",
    "build_page",
    "create_posts_in_bulk",
    "delete_post",
    "list_newest_ids",
    "list_next_ids",
    "map_counts",
    "map_visible",
    "publish_post",
    "repost",
]
