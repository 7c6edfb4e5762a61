"""`/v1/me/markers`: how far the caller has read."""

from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.timelines.errors import LastReadInFuture, TimelineNameInvalid, TooManyMarkers
from modules.timelines.schemas import MarkerCard, MarkerPage, NewMarker, TimelineName
from modules.timelines.selectors.markers import list_markers
from modules.timelines.services.markers import delete_marker, move_marker


class Markers(View):
    """All markers of the caller."""

    @endpoint("list_markers", scope="read:timelines")
    def get(self, request: Request) -> MarkerPage:
        """Tell how far the caller has read each timeline."""
        return list_markers(request.user.id)


class OneMarker(View):
    """How far the caller has read one timeline."""

    @endpoint(
        "move_marker",
        scope="write:timelines",
        refuses=(TimelineNameInvalid, LastReadInFuture, TooManyMarkers),
    )
    def put(self, request: Request, timeline: TimelineName, body: NewMarker) -> MarkerCard:
        """
        Say how far the caller has read a timeline.

        Timelines are called `home`, `notifications`, `list:` and the list's id, or whatever apps agree on. A
        marker moves on and never back: an older value changes nothing, and the answer is the marker that
        stands.
        """
        return move_marker(request.user.id, timeline, body.last_read_id, now=clock.now())

    @endpoint("delete_marker", scope="write:timelines")
    def delete(self, request: Request, timeline: TimelineName) -> None:
        """
        Forget how far the caller has read a timeline.

        Forgetting what nobody knows changes nothing and answers the same.
        """
        delete_marker(request.user.id, timeline)
