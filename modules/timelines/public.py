"""What others may call: re-exported functions and errors, nothing else."""

from modules.timelines.selectors.candidates import warm
from modules.timelines.selectors.explore import list_popular_posts
from modules.timelines.selectors.home import get_home, window_contains
from modules.timelines.services.rankings import rank_popular_posts, rank_trending_tags
from modules.timelines.services.windows import push_to_author, read_home_news

__all__ = [
    "get_home",
    "list_popular_posts",
    "push_to_author",
    "rank_popular_posts",
    "rank_trending_tags",
    "read_home_news",
    "warm",
    "window_contains",
]
