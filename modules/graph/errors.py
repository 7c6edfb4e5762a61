"""What graph refuses. The kind (the class extended) decides the HTTP status, at the edge."""

from modules.kernel.errors import Forbidden, InputError, Invalid, NotFound


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


class FollowRequestCapReached(Invalid):
    """The user has as many open requests as one may have."""

    code = "follow_request_cap_reached"
    title = "You have asked too many people who have not answered."


class NotFollowing(NotFound):
    """There is no edge whose options could be changed."""

    code = "not_following"
    title = "You do not follow this user."


class FollowRequestNotFound(NotFound):
    """Nobody of this id waits for the user's consent."""

    code = "follow_request_not_found"
    title = "There is no such request to follow you."


class AccountPrivate(Forbidden):
    """The account is shown, and what its user wrote and their lists are not."""

    code = "account_private"
    title = "This account is private: only its followers see its posts and lists."


class PendingWithoutGoingPublic(Invalid):
    """What becomes of open requests is said by whoever goes public, and by nobody else."""

    code = "pending_without_going_public"
    title = "What becomes of open requests is said when going public."

    def __init__(self) -> None:
        """Point at it."""
        error = InputError("/pending", self.code, "Send it together with is_private: false.")
        super().__init__(errors=[error])
