"""What erasure refuses."""

from modules.kernel.errors import NotFound


class DeletionNotFound(NotFound):
    """The account is open: its user has taken the wish back."""

    code = "deletion_not_found"
    title = "This account is not to be deleted."
