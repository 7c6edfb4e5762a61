"""`/v1/realtime/tickets`: what opens a socket."""

from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.realtime.schemas import NewTicket
from modules.realtime.services.tickets import issue_ticket


class Tickets(View):
    """What opens a socket."""

    @endpoint("create_socket_ticket", scope="read:realtime", status=201)
    def post(self, request: Request) -> NewTicket:
        """
        Get a ticket that opens one socket.

        Connect to `url` with `?ticket=…` within 30 seconds; it opens one socket, once. What that socket is
        told is what these credentials may read, for as long as they live.
        """
        return issue_ticket(request.auth, request.user, now=clock.now())
