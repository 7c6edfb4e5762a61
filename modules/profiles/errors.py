"""What profiles refuses."""

from modules.kernel.errors import NotFound


class UserNotFound(NotFound):
    """There is no user of this id or name, or none to be shown."""

    code = "user_not_found"
    title = "There is no such user."
