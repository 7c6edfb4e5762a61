"""What others may call: re-exported functions and errors, nothing else."""

from modules.posts.errors import NotYourPost, PostNotFound, TagInvalid
from modules.posts.selectors.audiences import select_viewers
from modules.posts.selectors.authors import map_authors, map_roots
from modules.posts.selectors.counts import map_counts
from modules.posts.selectors.newest import list_live, list_newest_ids, list_next_ids
from modules.posts.selectors.pages import build_included, build_page
from modules.posts.selectors.popular import rank_posts
from modules.posts.selectors.states import PageState
from modules.posts.selectors.tags import list_tagged_ids, list_trending_tags, search_tags, tag_id_of
from modules.posts.selectors.visibility import Visible, map_visible
from modules.posts.selectors.words import list_matching
from modules.posts.selectors.years import YearOfPosts, read_year
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.entities import find_tag, read_beginning, read_tag
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction
from modules.posts.services.reposts import repost
from modules.posts.services.tag_hints import read_tag_news

__all__ = [
    "NotYourPost",
    "PageState",
    "PostNotFound",
    "TagInvalid",
    "Visible",
    "YearOfPosts",
    "add_reaction",
    "build_included",
    "build_page",
    "create_posts_in_bulk",
    "delete_post",
    "find_tag",
    "list_live",
    "list_matching",
    "list_newest_ids",
    "list_next_ids",
    "list_tagged_ids",
    "list_trending_tags",
    "map_authors",
    "map_counts",
    "map_roots",
    "map_visible",
    "publish_post",
    "rank_posts",
    "read_beginning",
    "read_tag",
    "read_tag_news",
    "read_year",
    "repost",
    "search_tags",
    "select_viewers",
    "tag_id_of",
]
