"""Why a file is refused: stable codes, which clients are told."""

from enum import StrEnum


class Reason(StrEnum):
    """The first of these that holds; all but the last are the file's own fault and final."""

    NOT_A_FILE = "not_a_file"
    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    UNSUPPORTED_TYPE = "unsupported_type"
    HEIC_UNSUPPORTED = "heic_unsupported"
    """Told apart, for it is what phones have, and what a client can do something about."""
    TOO_MANY_PIXELS = "too_many_pixels"
    BAD_PROPORTIONS = "bad_proportions"
    TOO_MANY_FRAMES = "too_many_frames"
    TOO_MANY_SCANS = "too_many_scans"
    UNREADABLE = "unreadable"
    UNPROCESSABLE = "unprocessable"
    """The child was killed, ran out of time or memory, or could not write: the detail says which."""


class Refused(Exception):
    """A file that is turned away, with one sentence that says what is wrong with it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
