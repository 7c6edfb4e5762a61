"""What graph refuses. The kind (the class extended) decides the HTTP status, at the edge."""

from modules.kernel.errors import Forbidden, Invalid, NotFound


class UserNotFound(NotFound):
    """There is no active account of this id."""

    code = "user_not_found"
    title = "There is no such user."


class UserBlocked(Forbidden):
    """The caller blocks whom they would follow."""

    code = "blocked"
    title = "You block this user: unblock them first."


class CannotBlockYourself(Invalid):
    """Blocker and blocked are the same person."""

    code = "cannot_block_yourself"
    title = "You cannot block yourself."


class BlockCapReached(Invalid):
    """The user has reached the limit of blocks."""

    code = "block_cap_reached"
    title = "You have reached the limit of blocked users."


class CannotMuteYourself(Invalid):
    """Muter and muted are the same person."""

    code = "cannot_mute_yourself"
    title = "You cannot mute yourself."


class MuteCapReached(Invalid):
    """The user has reached the limit of mutes."""

    code = "mute_cap_reached"
    title = "You have reached the limit of muted users."


class MuteEndInvalid(Invalid):
    """A mute would end before it began, or in another age."""

    code = "mute_end_invalid"
    title = "A mute ends in the future, within a year."


class CannotFollowYourself(Invalid):
    """Follower and followee are the same person."""

    code = "cannot_follow_yourself"
    title = "You cannot follow yourself."


class FollowingCapReached(Invalid):
    """The user has reached the following limit; it bounds every merge at read time."""

    code = "following_cap_reached"
    title = "You have reached the following limit."
