"""`/v1/users`: people, and the lists of who follows whom, for here their cards are known."""

from modules.graph.public import AccountPrivate, UserNotFound, viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import ByIds
from modules.profiles.schemas import UserBatch, UserPage, UserView
from modules.profiles.selectors.users import (
    get_user,
    get_user_by_name,
    list_followers,
    list_following,
    list_users,
)


class Users(View):
    """Many users."""

    @endpoint("list_users_by_ids", public=True)
    def get(self, request: Request, query: ByIds) -> Rendered[UserBatch]:
        """
        Show several users.

        They come in the order asked, each once; those that do not exist are listed in `missing`.
        """
        return list_users(query.ids, viewer=viewer_of(request.viewer_id))


class User(View):
    """One user."""

    @endpoint("get_user", public=True, conditional=True, refuses=(UserNotFound,))
    def get(self, request: Request, user_id: int) -> Rendered[UserView]:
        """Show a user."""
        return get_user(user_id, viewer=viewer_of(request.viewer_id))


class UserByName(View):
    """One user, by name."""

    @endpoint("get_user_by_username", public=True, conditional=True, refuses=(UserNotFound,))
    def get(self, request: Request, username: str) -> Rendered[UserView]:
        """
        Find a user by username.

        Upper and lower case are the same.
        """
        return get_user_by_name(username, viewer=viewer_of(request.viewer_id))


class Followers(View):
    """Who follows a user."""

    @endpoint("list_followers", public=True, refuses=(UserNotFound, AccountPrivate))
    def get(self, request: Request, user_id: int, paging: Paging) -> Rendered[UserPage]:
        """List a user's followers, newest first."""
        return list_followers(user_id, paging, viewer=viewer_of(request.viewer_id))


class Following(View):
    """Whom a user follows."""

    @endpoint("list_following", public=True, refuses=(UserNotFound, AccountPrivate))
    def get(self, request: Request, user_id: int, paging: Paging) -> Rendered[UserPage]:
        """List those whom a user follows, newest first."""
        return list_following(user_id, paging, viewer=viewer_of(request.viewer_id))
