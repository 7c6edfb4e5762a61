"""What exports refuses."""

from modules.kernel.errors import Invalid, NotFound, TooMany


class ExportNotFound(NotFound):
    """It never was, was deleted, has expired, or is somebody else's."""

    code = "export_not_found"
    title = "There is no such export of yours."


class ExportTooSoon(TooMany):
    """One of this kind was asked for within a day, and one that failed within an hour."""

    code = "export_too_soon"
    title = "You may have one export of each kind a day."


class YearUnfit(Invalid):
    """A report is of a year that has begun; an archive is of no year."""

    code = "year_unfit"
    title = "This is no year of which there can be an export."


class CannotMake(Exception):
    """An export that cannot be made, however often it is tried: never an answer to a request."""

    code = "not_made"


class TooLarge(CannotMake):
    """It would have more bytes than an export may."""

    code = "too_large"
