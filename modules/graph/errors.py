"""What graph refuses. The kind (the class extended) decides the HTTP status, at the edge."""

from modules.kernel.errors import Invalid, NotFound


class UserNotFound(NotFound):
    """There is no active account of this id."""

    code = "user_not_found"
    title = "There is no such user."


class CannotFollowYourself(Invalid):
    """Follower and followee are the same person."""

    code = "cannot_follow_yourself"
    title = "You cannot follow yourself."


class FollowingCapReached(Invalid):
    """The user has reached the following limit; it bounds every merge at read time."""

    code = "following_cap_reached"
    title = "You have reached the following limit."
