"""`/v1/timelines/home`."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.posts.schemas import PostPage
from modules.timelines.selectors.home import get_home


class Home(View):
    """The caller's home timeline."""

    @endpoint("get_home_timeline", scope="read:timelines")
    def get(self, request: Request, paging: Paging) -> PostPage:
        """
        Read the posts of everybody the caller follows, and the caller's own, newest first.

        `next` leads to the first post ever written. `prev` finds only what is newer than the page; if its
        answer has a `next`, more lies between than one page holds.
        """
        return get_home(viewer_of(request.user.id), paging)
