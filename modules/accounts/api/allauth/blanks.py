"""
What was sent and says nothing: clients made by generators send every field that they know, null or blank.

allauth's forms take a null for a text of no characters, and whoever logs in by name with `"email": null` for
somebody who sends two names. Here what is null was not sent.
"""

from collections.abc import Mapping
from typing import Any

from modules.kernel.errors import InputError
from modules.kernel.http.parsing import BodyInvalid

LOG_IN = "/auth/login"
_NAMES = ("username", "email")
# The one body that holds an object with optional fields; a passkey's are the browser's to say.
_NESTED = "token"
_ONE = "Send either username or email."


def drop_blanks(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what says nothing in it."""
    kept = _without_nulls(body)
    if isinstance(kept.get(_NESTED), dict):
        kept[_NESTED] = _without_nulls(kept[_NESTED])
    if path.endswith(LOG_IN):
        kept = {name: each for name, each in kept.items() if name not in _NAMES or each != ""}
    return kept


def check_names(path: str, body: Mapping[str, Any]) -> None:
    """
    Refuse a log-in that does not say who it is, or says it twice.

    :raises BodyInvalid: if there is not one name in it
    """
    if not path.endswith(LOG_IN):
        return
    sent = [name for name in _NAMES if name in body]
    if len(sent) != 1:
        code = "one_of_two" if sent else "required"
        raise BodyInvalid(errors=[InputError(f"/{name}", code, _ONE) for name in _NAMES])


def _without_nulls(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in body.items() if each is not None}
