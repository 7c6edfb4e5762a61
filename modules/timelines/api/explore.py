"""`/v1/timelines/explore` and `/v1/tags/trending`: what is popular."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.schemas import PostPage, TagPage
from modules.timelines.selectors.explore import get_explore, get_trending_tags


class Explore(View):
    """The popular posts."""

    @endpoint("get_explore_timeline", public=True)
    def get(self, request: Request, paging: Paging) -> Rendered[PostPage]:
        """
        Read the posts that are popular now, the most popular first; of one author two at most.

        Reactions, reposts, quotes and replies count, of late above all. A ranking is made every five minutes
        and kept for an hour: the cursors of a page are places in it, so that walking it meets each post once.
        The first page without a cursor is of the newest ranking.
        """
        return get_explore(paging, viewer=viewer_of(request.viewer_id))


class TrendingTags(View):
    """The tags that trend."""

    @endpoint("list_trending_tags", public=True)
    def get(self, request: Request) -> TagPage:
        """
        List the tags that most people have used in the last 24 hours, of late above all; 50 at most.

        Somebody counts once for a tag, however often they use it. Counted anew every five minutes.
        """
        return get_trending_tags()
