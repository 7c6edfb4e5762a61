"""
Which passwords are too easy to guess: zxcvbn's word, of what a guesser would try.

It knows lists of leaked passwords and names, repeats, sequences, rows of keys, dates, and all of these
turned round or written with digits for letters; beside them stand the names of the account and of this
service. Django's own validator of likeness compares letters without their order: it takes an address written
twice, and refuses a sentence that shares its letters with a long name.

Named by settings alone, so that only processes which set passwords load its lists (15 MB, 0.1 s).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from modules.accounts.services.hashing import hashing_slot
from modules.accounts.services.passwords import Names

# "Safely unguessable": 10^8 guesses, more than any who try here, and years of a thief's with our hashes.
MIN_SCORE: Final = 3
# What is looked at. Whoever means to can make 72 characters cost 1.6 s of a core, and these 0.3.
LOOKED_AT: Final = 32
_TITLE: Final = "This password is too easy to guess."


class GuessableValidator:
    """Refuses a password that would soon be guessed (a validator of `AUTH_PASSWORD_VALIDATORS`)."""

    def validate(self, password: str, user: AbstractBaseUser | Names | None = None) -> None:
        """
        Look at a password, as its user's if that is known.

        :raises ValidationError: if it is too easy to guess; it says why, where that is known
        :raises HashingBusy: if too many are being looked at
        """
        with hashing_slot():
            found = zxcvbn(_seen(password)[:LOOKED_AT] or " ", user_inputs=list(_list_known(user)))
        if found["score"] < MIN_SCORE:
            said = [_TITLE, found["feedback"]["warning"], *found["feedback"]["suggestions"]]
            raise ValidationError(" ".join(filter(None, said)), code="password_too_guessable")

    def get_help_text(self) -> str:
        """Return what is asked of a password."""
        return "Your password must not be easy to guess: several words that do not belong together do well."


def _seen(text: str) -> str:
    """Return a text as it looks: several kinds of blanks or widths, and what is not seen, are no variety."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in ("Cf", "Cn")
    )


def _list_known(user: AbstractBaseUser | Names | None) -> Iterator[str]:
    """Yield what everybody would try for a user: names and addresses, whole and in parts."""
    names = [getattr(user, name, None) for name in ("username", "email")]
    for name in (*filter(None, names), settings.SITE_NAME):
        yield name
        yield from re.split(r"[\W_]+", name)
