"""What media refuses."""

from modules.kernel.errors import Conflict, Invalid, NotFound, Unavailable


class MediaNotFound(NotFound):
    """It never was, was deleted, or is somebody else's."""

    code = "media_not_found"
    title = "There is no such media of yours."


class MediaTooLarge(Invalid):
    """The file has more bytes than one of its kind may."""

    code = "media_too_large"
    title = "This file is too large."


class UploadMissing(Conflict):
    """Nothing has arrived in the storage yet, or not what was announced."""

    code = "upload_missing"
    title = "The upload has not arrived."


class UploadExpired(Conflict):
    """The time in which it could be uploaded is over."""

    code = "upload_expired"
    title = "The time for this upload is over; begin anew."


class MediaUnfit(Invalid):
    """Something cannot be shown there: unknown, failed, not uploaded, in use or meant for something else."""

    code = "media_unfit"
    title = "This media cannot be used here."


class MediaInUse(Conflict):
    """A profile shows it."""

    code = "media_in_use"
    title = "Your profile shows this; take it off there first."


class StorageUnavailable(Unavailable):
    """The storage of files does not answer."""

    code = "storage_unavailable"
    title = "The storage of files is not available; try again."
