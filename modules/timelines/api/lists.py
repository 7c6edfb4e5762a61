"""`/v1/me/lists`: the caller's lists of people, and what these post."""

from modules.graph.public import UserNotFound, viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.schemas import PostPage
from modules.profiles.schemas import UserPage
from modules.timelines.errors import ListFull, ListNotFound, TooManyLists
from modules.timelines.schemas import EditList, ListCard, ListPage, ListView, NewList
from modules.timelines.selectors.list_timeline import get_list_timeline
from modules.timelines.selectors.lists import get_list, list_lists, list_members
from modules.timelines.services.lists import add_member, create_list, delete_list, edit_list, remove_member


class Lists(View):
    """The caller's lists."""

    @endpoint("list_lists", scope="read:timelines")
    def get(self, request: Request) -> ListPage:
        """List the caller's lists of people, newest first."""
        return list_lists(request.user.id)

    @endpoint("create_list", scope="write:timelines", status=201, refuses=(TooManyLists,))
    def post(self, request: Request, body: NewList) -> ListCard:
        """
        Make a list of people.

        Nobody else ever sees it, nor learns of being in it. Send an `Idempotency-Key` and a repeat has no
        second effect and gets the same answer.
        """
        return create_list(request.user.id, body, once=request.once)


class OneList(View):
    """One list."""

    @endpoint("get_list", scope="read:timelines", conditional=True, refuses=(ListNotFound,))
    def get(self, request: Request, list_id: int) -> Rendered[ListView]:
        """Show one of the caller's lists."""
        return get_list(request.user.id, list_id)

    @endpoint("edit_list", scope="write:timelines", conditional=True, refuses=(ListNotFound, Stale))
    def patch(self, request: Request, list_id: int, body: EditList) -> Rendered[ListView]:
        """
        Rename a list.

        `If-Match` names the ETag that was seen, and if the list has changed since, nothing is done.
        """
        return edit_list(request.user.id, list_id, body, seen=request.seen)

    @endpoint("delete_list", scope="write:timelines", refuses=(ListNotFound,))
    def delete(self, request: Request, list_id: int) -> None:
        """Delete a list, with who is in it and how far it was read."""
        delete_list(request.user.id, list_id)


class Members(View):
    """Who is in a list."""

    @endpoint("list_list_members", scope="read:timelines", refuses=(ListNotFound,))
    def get(self, request: Request, list_id: int, paging: Paging) -> Rendered[UserPage]:
        """
        List those in one of the caller's lists, who came last first.

        Whom the caller may not see now is left out.
        """
        return list_members(list_id, paging, viewer=viewer_of(request.user.id))


class Member(View):
    """Somebody in a list, or not."""

    @endpoint("add_list_member", scope="write:timelines", refuses=(UserNotFound, ListNotFound, ListFull))
    def put(self, request: Request, list_id: int, user_id: int) -> None:
        """
        Put somebody into one of the caller's lists, whether the caller follows them or not.

        Putting them there a second time changes nothing and answers the same.
        """
        add_member(list_id, user_id, viewer=viewer_of(request.user.id))

    @endpoint("remove_list_member", scope="write:timelines", refuses=(ListNotFound,))
    def delete(self, request: Request, list_id: int, user_id: int) -> None:
        """
        Take somebody out of one of the caller's lists.

        Taking out who is not in it changes nothing and answers the same.
        """
        remove_member(request.user.id, list_id, user_id)


class ListTimeline(View):
    """The timeline of a list."""

    @endpoint("get_list_timeline", scope="read:timelines", refuses=(ListNotFound,))
    def get(self, request: Request, list_id: int, paging: Paging) -> Rendered[PostPage]:
        """
        Read the posts of everybody in one of the caller's lists, newest first.

        It is walked as the home timeline is: `next` leads to the first post ever written, `prev` to what is
        newer.
        """
        return get_list_timeline(list_id, paging, viewer=viewer_of(request.user.id))
