"""What a log says to its reader: what their credentials reach, and of posts what they may see now."""

from collections.abc import Sequence

from modules.graph import public as graph
from modules.kernel.principals import Principal
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.realtime.models import logs
from modules.realtime.models.logs import GONE, RECHECK, Entry, Reading, parse, prolong
from modules.realtime.schemas import UpdatePage

__all__ = [
    "GONE",
    "RECHECK",
    "Entry",
    "Reading",
    "channel_of",
    "parse",
    "prolong",
    "read_log",
    "render_updates",
    "select_told",
]


def channel_of(user_id: int) -> str:
    """Return the channel on which a user's log is heard."""
    return logs.key_of(user_id).decode()


def read_log(principal: Principal, *, since: int | None) -> Reading:
    """
    Return what a user's log has after a number and may be told, and where it ends; see `models/logs`.

    :raises RedisUnavailable: if it cannot be asked now
    :raises InstanceUnavailable: if nobody can tell now what the user may see
    """
    last, entries = logs.read(principal.id, since)
    return Reading(last, None if entries is None else select_told(entries, principal))


def select_told(entries: Sequence[Entry], principal: Principal) -> list[Entry]:
    """
    Return those of the entries that a user may be told by these credentials, as of now.

    :raises InstanceUnavailable: if nobody can tell now
    """
    reached = [entry for entry in entries if not entry.scope or principal.may(entry.scope)]
    post_ids = {id for entry in reached for id in entry.post_ids}
    if not post_ids:
        return reached
    visible = posts.map_visible(post_ids, viewer=graph.viewer_of(principal.id))
    for id in post_ids:
        if (error := visible.unavailable.get(id)) is not None:
            raise error
    return [entry for entry in reached if all(id in visible.posts for id in entry.post_ids)]


def render_updates(reading: Reading) -> Rendered[UpdatePage]:
    """Return what was read as finished JSON."""
    last, entries = reading
    told = b",".join([entry.json_bytes() for entry in entries or ()])
    is_lost = b"true" if entries is None else b"false"
    return Rendered(UpdatePage, b'{"data":[%b],"seq":%d,"resync":%b}' % (told, last, is_lost))
