"""What a socket may listen to beside its user's log: who may, and what is told of it."""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from modules.graph import public as graph
from modules.kernel.principals import OPERATOR, Principal
from modules.kernel.shapes import MAX_ID
from modules.posts import public as posts
from modules.posts.schemas import POST, POST_COUNT, PostCounts
from modules.realtime.errors import TopicRefused, TopicUnknown

ME: Final = "me"
HOME: Final = "timeline:home"
OPS: Final = "ops"
# Of the others, which name what they are about.
OF_POST, OF_TAG = "post", "tag"
_HOME_SCOPE: Final = "read:timelines"
_OPS_SCOPE: Final = "read:operations"
# Longer than any; whether it is a tag is not asked of a megabyte.
_LONGEST: Final = 300
NOTHING_COUNTED: Final = PostCounts(replies=0, reposts=0, quotes=0, reactions={}).model_dump()


class PostState(NamedTuple):
    """What listeners to a post are told of: the version of its card, and what is counted of it."""

    version: int
    counts: dict[str, Any]


class Topic(NamedTuple):
    """A topic that there is: of which kind, and about which post or tag, or 0."""

    kind: str
    id: int = 0


def read_topic(topic: str) -> Topic:
    """
    Return what a topic is.

    :raises TopicUnknown: if there is no such topic
    :raises TagInvalid: if it names what no text could have as a tag
    """
    if topic in (ME, HOME, OPS):
        return Topic(topic)
    kind, _, about = topic.partition(":")
    if kind == OF_TAG and 0 < len(about) <= _LONGEST:
        return Topic(OF_TAG, posts.tag_id_of(posts.read_tag(about)))
    is_id = kind == OF_POST and about.isascii() and about.isdigit() and not about.startswith("0")
    if not is_id or len(about) > 19 or int(about) > MAX_ID:
        raise TopicUnknown
    return Topic(OF_POST, int(about))


def require_reach(kind: str, principal: Principal) -> None:
    """:raises TopicRefused: if the credentials do not reach topics of a kind that has no owner to ask"""
    if kind == HOME and not principal.may(_HOME_SCOPE):
        raise TopicRefused
    if kind == OPS and not (OPERATOR in principal.roles and principal.may(_OPS_SCOPE)):
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
