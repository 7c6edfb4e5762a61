"""What posts refuses."""

from collections.abc import Collection
from typing import Final

from modules.kernel.errors import Forbidden, Invalid, NotFound, Refusal


class PostNotFound(NotFound):
    """It never was, or was deleted."""

    code = "post_not_found"
    title = "There is no such post."


class NotYourPost(Forbidden):
    """Only its author may change or delete a post."""

    code = "not_your_post"
    title = "This post is somebody else's."


class BookmarkCapReached(Invalid):
    """The user has as many bookmarks as there may be."""

    code = "bookmark_cap_reached"
    title = "You have reached the limit of bookmarks."


class PinCapReached(Invalid):
    """The user has pinned as many posts as there may be."""

    code = "pin_cap_reached"
    title = "You have reached the limit of pinned posts; unpin one first."


class RepliesClosed(Forbidden):
    """Whoever began the thread lets only some reply, and the caller is none of them."""

    code = "replies_closed"
    title = "You cannot reply in this thread."


class ThreadTooDeep(Invalid):
    """So many posts are above the one replied to that nobody may reply to it."""

    code = "thread_too_deep"
    title = "This thread does not go any deeper."


class NotPublic(Forbidden):
    """Only what everybody may see can be passed on."""

    code = "not_public"
    title = "Only public posts can be reposted or quoted."


class PostIsRepost(Invalid):
    """A repost has nothing of its own to reply to, to react to or to quote: its original is meant."""

    code = "post_is_repost"
    title = "This is a repost: name its original."


class ReactionUnknown(Invalid):
    """Nobody can react like this here: the operator decides which types there are."""

    code = "reaction_unknown"
    title = "There is no such type of reaction."

    def __init__(self, known: Collection[str] = ()) -> None:
        """Say which there are."""
        super().__init__(f"The types are: {', '.join(known)}." if known else None)


class TooManyEntities(Invalid):
    """A text mentions more people, or has more tags or links, than a post may."""

    code = "too_many_entities"
    title = "There are too many mentions, tags or links in this text."


class PostEmpty(Invalid):
    """It would say nothing and show nothing."""

    code = "post_empty"
    title = "A post needs a text, or media to show."


class DraftNotFound(NotFound):
    """It never was, was deleted or published, or is somebody else's."""

    code = "draft_not_found"
    title = "There is no such draft."


class DraftCapReached(Invalid):
    """The user has as many drafts as anybody may."""

    code = "draft_cap_reached"
    title = "You have reached the limit of drafts."


class PublishAtOutOfRange(Invalid):
    """The time at which something is to be published is too near, past, or too far."""

    code = "publish_at_out_of_range"
    title = "Nothing can be published then."


class TagInvalid(Invalid):
    """What was sent is no tag that a text could have."""

    code = "tag_invalid"
    title = "A tag has 1 to 64 letters, digits and underscores, and not digits alone."


# Why somebody may not reply to a post, or quote it.
LINK_REFUSALS: Final[tuple[type[Refusal], ...]] = (
    PostNotFound,
    PostIsRepost,
    RepliesClosed,
    ThreadTooDeep,
    NotPublic,
)
# Why a draft may not become a post.
DRAFT_REFUSALS: Final[tuple[type[Refusal], ...]] = (*LINK_REFUSALS, PostEmpty)
