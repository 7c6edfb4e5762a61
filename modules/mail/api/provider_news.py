"""
What a provider tells of mails that it took: bounces and complaints, in the words of anymail.

Its views read the format of each provider and check who is calling; that they send Django's signals is not
used, for what follows is written here, in order.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from modules.kernel import clock
from modules.kernel.errors import InputError, NotFound, Unauthorized
from modules.kernel.http import limiting, parsing, problems
from modules.mail.services.undeliverable import note_returned

_ANYMAIL = "anymail.webhooks."
# Whose server is away or mailbox full, or who would not have one mail, is reached again: what RFC 3463 says
# of the moment, of sizes, systems and policies, and providers' own words.
_PASSING_CODE = re.compile(r"(?<![\d.])(4\d\d\b|4\.\d+\.\d+|5\.2\.[234]\b|5\.[37]\.\d+)")
_PASSING_WORD = re.compile(r"soft|transient", re.IGNORECASE)
_SAYING = ("type", "event", "bounceType", "bounce_type", "Type", "RecordType")


@csrf_exempt
def take_provider_news(request: HttpRequest) -> HttpResponse:
    """Take what a provider tells, if it is the one that is configured, and knows the secret."""
    try:
        return _answer(request)
    except Exception as error:  # noqa: BLE001 - every exception becomes a problem, and bugs are logged there
        return problems.answer(error, request)


def _answer(request: HttpRequest) -> HttpResponse:
    if not settings.MAIL.hears_provider:
        raise NotFound
    if request.method == "HEAD":
        # Some try whether there is anybody before they keep the address.
        return HttpResponse()
    if request.method != "POST":
        raise problems.MethodNotAllowed(["POST", "HEAD"])
    events = [event for event in _read(request) if _is_address(event.recipient)]
    note_returned(
        bounced={event.recipient for event in events if _is_bounce(event)},
        complained={event.recipient for event in events if _is_complaint(event)},
        now=clock.now(),
    )
    return HttpResponse()  # 200, for some take no other for heard


def _read(request: HttpRequest) -> list[Any]:
    """
    Return the events that were sent.

    :raises Unauthorized: without the secret
    :raises BodyInvalid: if it is nothing that the provider sends
    """
    from anymail.exceptions import AnymailWebhookValidationFailure

    view = _view()
    raw = request.body  # too much is refused here, and not for being unreadable
    try:
        view.run_validators(request)
        return list(view.parse_events(request)) if raw else []
    except AnymailWebhookValidationFailure:
        limiting.charge_guess(request)
        raise Unauthorized("The name and password of WEBHOOK_SECRET are needed.") from None
    except Exception:  # noqa: BLE001 - anymail raises whatever comes of reading what it does not expect
        hint = "Nothing that anymail can read; is it of another provider?"
        raise parsing.BodyInvalid(errors=[InputError("", "unreadable", hint)]) from None


def _view() -> Any:
    """
    Return anymail's view of the provider's news of sent mails.

    :raises NotFound: if it has none for this provider
    """
    from anymail.signals import tracking

    name = f"{_ANYMAIL}{settings.MAIL.provider}"
    module = vars(import_module(name)) if find_spec(name) else {}
    for kind in module.values():
        if getattr(kind, "signal", None) is tracking and kind.__module__ == name:
            return kind()
    raise NotFound


def _is_address(recipient: Any) -> bool:
    """Return whether anything can have been sent to it: half a character, which JSON may hold, is no text."""
    return isinstance(recipient, str) and recipient.isprintable()


def _is_complaint(event: Any) -> bool:
    from anymail.signals import EventType

    return bool(event.event_type == EventType.COMPLAINED)


def _is_bounce(event: Any) -> bool:
    """Return whether an event says that no mail will ever arrive."""
    from anymail.signals import EventType, RejectReason

    is_refused = event.event_type in (EventType.BOUNCED, EventType.REJECTED)
    is_of_address = event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
    return is_refused and is_of_address and not _is_passing(event)


def _is_passing(event: Any) -> bool:
    """Return whether a bounce may be another's tomorrow; anymail calls all of them bounced."""
    said = event.mta_response if isinstance(event.mta_response, str) else ""
    words = _words_in(event.esp_event)
    return bool(_PASSING_CODE.search(said)) or any(_PASSING_WORD.search(word) for word in words)


def _words_in(raw: Any) -> Iterator[str]:
    """Yield what a provider's own event calls itself, one level deep."""
    parts = [raw, *(raw.values() if isinstance(raw, dict) else ())]
    for part in parts:
        if isinstance(part, dict):
            yield from (str(part[name]) for name in _SAYING if name in part)
