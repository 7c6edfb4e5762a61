"""`/v1/notifications`: what services have to say."""

from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import OPERATOR, SERVICE, Principal
from modules.notifications.errors import OperatorKeysOnly
from modules.notifications.schemas import NewSending, SendingCard
from modules.notifications.services.sendings import send


class Sendings(View):
    """Notifications of services."""

    @endpoint(
        "send_notification",
        scope="write:notifications",
        status=202,
        for_apps=True,
        key_required=True,
        refuses=(OperatorKeysOnly,),
    )
    def post(self, request: Request, body: NewSending) -> SendingCard:
        """
        Notify up to 1,000 users of something of the service's own.

        It takes a service key of an operator's app, without Banyan-On-Behalf-Of, and an `Idempotency-Key`: a
        repeat sends nothing twice. Who has no account that is open is passed over; the others are told within
        seconds. What is shown is the client's to say, by `name` and `data`.
        """
        if not _may_send(request.user):
            raise OperatorKeysOnly
        return send(request.user.app_id or "", body, now=clock.now(), once=request.once)


def _may_send(caller: Principal) -> bool:
    """Return whether a caller is a service of an operator's, for itself: anybody may have an app."""
    return caller.kind == SERVICE and caller.id == 0 and OPERATOR in caller.roles
