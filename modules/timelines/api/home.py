"""`/v1/timelines/home`."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.schemas import PostPage
from modules.timelines.selectors.home import get_home


class Home(View):
    """The caller's home timeline."""

    @endpoint("get_home_timeline", scope="read:timelines")
    def get(self, request: Request, paging: Paging) -> Rendered[PostPage]:
        """
        Read the posts of everybody the caller follows, and the caller's own, newest first.

        `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
        every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
        yet. The first page without a cursor is always the newest.
        """
        return get_home(viewer_of(request.user.id), paging)
