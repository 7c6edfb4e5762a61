"""What variables of media have to look like; each check says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable

from environs import ValidationError

STORAGES = ("files", "s3")
_FORMS = {
    "bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket: 3 to 63 of a-z, 0-9, - and ."),
    "key": (r"[!-~]{3,200}", "a key of the object storage"),
}


def s3(form: str, *, is_needed: bool) -> Callable[[str], None]:
    """Return a check of what leads to an object storage, which may be missing where none is used."""
    pattern, expected = _FORMS[form]

    def check(text: str) -> None:
        """:raises ValidationError: if it is none, or missing and needed"""
        if (text or is_needed) and not re.fullmatch(pattern, text):
            raise ValidationError(f"expected {expected}")

    return check


def check_region(text: str) -> None:
    """:raises ValidationError: if it is no name of a region"""
    if not re.fullmatch("[a-z0-9-]{1,40}", text):
        raise ValidationError("expected a region, as eu-central-1")


def check_accel(text: str) -> None:
    """:raises ValidationError: if it is neither nothing nor a path of nginx's"""
    if text and not re.fullmatch("(/[a-z0-9_-]+)+", text):
        raise ValidationError("expected a path without a slash at its end, as /protected/media")
