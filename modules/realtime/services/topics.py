"""What a socket may listen to beside its user's log: who may, and what is told of it."""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from modules.graph import public as graph
from modules.kernel.principals import Principal
from modules.kernel.shapes import MAX_ID
from modules.posts import public as posts
from modules.posts.schemas import POST, POST_COUNT, PostCounts
from modules.realtime.errors import TopicRefused, TopicUnknown

ME: Final = "me"
HOME: Final = "timeline:home"
_HOME_SCOPE: Final = "read:timelines"
_POST: Final = "post:"
NOTHING_COUNTED: Final = PostCounts(replies=0, reposts=0, quotes=0, reactions={}).model_dump()


class PostState(NamedTuple):
    """What listeners to a post are told of: the version of its card, and what is counted of it."""

    version: int
    counts: dict[str, Any]


def post_of(topic: str) -> int | None:
    """
    Return the post that a topic is about; None for the home.

    :raises TopicUnknown: if there is no such topic
    """
    if topic == HOME:
        return None
    id = topic.removeprefix(_POST)
    is_id = topic.startswith(_POST) and id.isascii() and id.isdigit() and not id.startswith("0")
    if not is_id or len(id) > 19 or int(id) > MAX_ID:
        raise TopicUnknown
    return int(id)


def require_home(principal: Principal) -> None:
    """:raises TopicRefused: if the credentials do not reach the user's home"""
    if not principal.may(_HOME_SCOPE):
        raise TopicRefused


def groups_of(post_id: int) -> tuple[str, str]:
    """Return the channels on which changes of a post's card and of its counts are told."""
    return f"{POST}:{post_id}", f"{POST_COUNT}:{post_id}"


class PostStates(NamedTuple):
    """What a user may be told of posts; of the unknown nobody can tell now, and others are not theirs."""

    states: dict[int, PostState]
    unknown: Mapping[int, Exception]


def read_posts(post_ids: Collection[int], user_id: int) -> PostStates:
    """
    Return what a user may be told of posts as of now.

    :raises InstanceUnavailable: if nobody can tell of any
    """
    state = posts.PageState(None)
    visible = posts.map_visible(post_ids, viewer=graph.viewer_of(user_id), state=state)
    counts = state.map_counts(visible.posts)
    states = {
        id: PostState(post.version, counts[id].model_dump() if id in counts else NOTHING_COUNTED)
        for id, post in visible.posts.items()
    }
    return PostStates(states, visible.unavailable)
