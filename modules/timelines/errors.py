"""What timelines refuses."""

from modules.kernel.errors import Forbidden, Gone, Invalid, NotFound


class ListNotFound(NotFound):
    """There is no such list of the caller's; others' lists are nobody else's to know."""

    code = "list_not_found"
    title = "You have no such list."


class TooManyLists(Invalid):
    """The caller has reached the limit of lists."""

    code = "too_many_lists"
    title = "You have reached the limit of lists; delete one first."


class ListFull(Invalid):
    """The list has reached the limit of members; it bounds what reading it costs."""

    code = "list_full"
    title = "This list has reached the limit of members; remove one first."


class TimelineNameInvalid(Invalid):
    """What was sent as the name of a timeline is none."""

    code = "timeline_name_invalid"
    title = "The name of a timeline has 1 to 64 characters of a-z, 0-9 and _.:-, a letter or digit first."


class LastReadInFuture(Invalid):
    """No id of that time can exist yet, and a marker that stood there would never move again."""

    code = "last_read_in_future"
    title = "Nothing of this id can have been read yet."


class TooManyMarkers(Invalid):
    """The caller has reached the limit of timelines that have a marker."""

    code = "too_many_markers"
    title = "You have reached the limit of markers; delete one first."


class ExplanationRefused(Forbidden):
    """It tells of posts that are hidden from the user, and how the service is built."""

    code = "explanation_refused"
    title = "Only operators, and services that act for users, may have a home explained."


class CursorExpired(Gone):
    """The order that the cursor leads through is gone; in another, posts would be doubled or skipped."""

    code = "cursor_expired"
    title = "This order stood for ten minutes, and is gone."

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("Read the first page again, without a cursor.")
