"""`/v1/me/mailings`: what the caller wants mailed."""

from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.mailings.errors import TimeZoneUnknown
from modules.mailings.schemas import EditMailings, Mailings
from modules.mailings.selectors.subscriptions import get_mailings
from modules.mailings.services.subscriptions import edit_mailings


class OwnMailings(View):
    """What the caller wants mailed."""

    @endpoint("get_my_mailings", scope="read:mailings")
    def get(self, request: Request) -> Mailings:
        """Show when the caller's next digest is due, and whether they get the newsletter."""
        return get_mailings(request.user.id)

    @endpoint("edit_my_mailings", scope="write:mailings", refuses=(TimeZoneUnknown,))
    def patch(self, request: Request, body: EditMailings) -> Mailings:
        """
        Change at which hour of which zone digests come, and whether the newsletter does.

        What is left out stays as it is. Whether digests come daily or weekly is a notification preference. On
        no local day there are two, and none is left out where clock or zone change.
        """
        return edit_mailings(request.user.id, body, now=clock.now())
