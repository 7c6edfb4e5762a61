"""`/v1/timelines/home`."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import OPERATOR, SERVICE, SESSION, Principal
from modules.kernel.rendered import Rendered, with_fields
from modules.timelines.errors import CursorExpired, ExplanationRefused
from modules.timelines.schemas import HomePage, HomeQuery
from modules.timelines.selectors.explained import explain_home
from modules.timelines.selectors.home import get_home
from modules.timelines.selectors.ranked import get_top


class Home(View):
    """The caller's home timeline."""

    @endpoint("get_home_timeline", scope="read:timelines", refuses=(ExplanationRefused, CursorExpired))
    def get(self, request: Request, query: HomeQuery, paging: Paging) -> Rendered[HomePage]:
        """
        Read the posts of everybody the caller follows, and the caller's own, newest first.

        `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
        every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
        yet. The first page without a cursor is always the newest.

        With `order=top` its newest 800 posts come best first, in the order that they had when the first page
        was read: for ten minutes its cursors walk that order, both ways, and show what may be shown of it.
        """
        viewer = viewer_of(request.user.id)
        by_rank = query.order == "top"
        if query.explain != "1":
            page = get_top(viewer, paging) if by_rank else get_home(viewer, paging)
            return with_fields(page, HomePage, {})
        if not _may_explain(request.user):
            raise ExplanationRefused
        return explain_home(viewer, paging, by_rank=by_rank)


def _may_explain(caller: Principal) -> bool:
    """
    Return whether a caller is staff: an operator in person, or a service for a user, whose owner is one.

    An app that an operator let in is not: they were not told of it.
    """
    return caller.kind == SERVICE or (caller.kind == SESSION and OPERATOR in caller.roles)
