"""`/v1/me`: the caller's own profile."""

from modules.accounts.public import (
    ConfirmationMismatch,
    ReauthenticationRequired,
    request_deletion,
    require_presence,
    sign_receipt,
)
from modules.graph.public import PendingWithoutGoingPublic, UserNotFound, viewer_of
from modules.kernel import clock
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.rendered import Rendered
from modules.media.public import MediaUnfit
from modules.profiles.schemas import ConfirmDeletion, Deletion, EditProfile, MeView
from modules.profiles.selectors.users import get_me
from modules.profiles.services.profiles import edit_profile


class Me(View):
    """The caller."""

    @endpoint("get_me", scope="read:profiles", conditional=True, refuses=(UserNotFound,))
    def get(self, request: Request) -> Rendered[MeView]:
        """Show the caller's own profile and settings."""
        return get_me(viewer_of(request.user.id))

    @endpoint(
        "edit_me",
        scope="write:profiles",
        conditional=True,
        refuses=(UserNotFound, Stale, PendingWithoutGoingPublic, MediaUnfit),
    )
    def patch(self, request: Request, body: EditProfile) -> Rendered[MeView]:
        """
        Edit the caller's own profile and settings.

        What is left out stays as it is; `custom` is replaced as a whole. Going private is in force at once,
        for old posts too, and followers stay; with going public, `pending` answers the open requests.
        `If-Match` names the ETag that was seen, and if the profile has changed since, nothing is done.
        """
        return edit_profile(request.user.id, body, seen=request.seen)

    @endpoint("delete_me", scope=FIRST_PARTY, refuses=(ReauthenticationRequired, ConfirmationMismatch))
    def delete(self, request: Request, query: ConfirmDeletion) -> Deletion:
        """
        Close the caller's own account, for good in 30 days.

        All its sessions end at once, and within moments nobody sees anything of it. Logging in before
        `delete_after` takes it back; then it is erased. `GET /v1/me/deletion` says what became of it, to
        whoever has the `receipt`.
        """
        require_presence(request.auth, now=clock.now())
        until = request_deletion(request.user.id, confirm=query.confirm, now=clock.now())
        return Deletion(delete_after=until, receipt=sign_receipt(request.user.id))
