"""What posts refuses."""

from modules.kernel.errors import Forbidden, NotFound


class PostNotFound(NotFound):
    """It never was, or was deleted."""

    code = "post_not_found"
    title = "There is no such post."


class NotYourPost(Forbidden):
    """Only its author may change or delete a post."""

    code = "not_your_post"
    title = "This post is somebody else's."
