"""`/v1/me/updates`: what a socket would have told."""

from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.realtime.schemas import UpdatePage, UpdatesQuery
from modules.realtime.selectors.updates import read_log, render_updates
from modules.realtime.services.waits import WAITING, Waiting


class Updates(View):
    """What has happened to the caller."""

    @endpoint("list_updates", scope="read:realtime")
    def get(self, request: Request, query: UpdatesQuery) -> Rendered[UpdatePage]:
        """
        Tell what has happened since, oldest first, once each.

        It is what a socket tells on its topic `me`, of the newest 500 events of a day. `seq` is the `since`
        of the next request. With `resync` something may be missing: read anew what you show. A request
        waits for something new only where sockets are served, and never longer than it asks.
        """
        reading = read_log(request.user, since=query.since)
        if query.wait and query.since is not None and reading.entries == []:
            waiting = Waiting(request.user, request.auth, since=reading.last, seconds=query.wait)
            request._request.META[WAITING] = waiting
        return render_updates(reading)
