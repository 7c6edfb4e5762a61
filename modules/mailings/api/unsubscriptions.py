"""
`/v1/unsubscriptions/<token>`: where the link in a mail leads, and where mail programs post to (RFC 8058).

A GET shows a button and changes nothing, for scanners open every link of a mail. The POST needs no log-in and
no cookie: the token alone says who it is for, and does nothing but this. Nor is a cookie looked at that comes
along: it would have to be shielded against forgery, and who is logged in could press no button.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from modules.accounts import public as accounts
from modules.kernel import clock, limits
from modules.kernel.http import limiting, problems
from modules.mailings.errors import LinkUnknown
from modules.mailings.services.links import read_token
from modules.mailings.services.subscriptions import unsubscribe

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# What a mail program sends, as RFC 8058 has it.
_ONE_CLICK = ("List-Unsubscribe", "One-Click")
_MAX_BODY = 1_000
_METHODS = ("GET", "HEAD", "POST")
BY_LINK = limits.declare(
    "unsubscriptions", 30, 300, counts="a user's links that unsubscribe, opened or pressed"
)


def unsubscription(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link would end, or end it."""
    try:
        # Who guesses is counted by address. A link that holds is not: all who press the button of a provider
        # come from its few addresses.
        limiting.charge_stranger(request)
        if request.method not in _METHODS:
            raise problems.MethodNotAllowed(_METHODS)
        user_id, mailing_list = read_token(token)
        limiting.refund(request)
        limiting.charge_caller(request, BY_LINK, user_id)
        if user_id not in accounts.map_identities([user_id]):
            raise LinkUnknown
        if request.method != "POST":
            return _show(request, mailing_list=mailing_list)
        if not _is_one_click(request):
            return _show(request, mailing_list=mailing_list, status=HTTPStatus.BAD_REQUEST)
        unsubscribe(user_id, mailing_list, now=clock.now())
    except LinkUnknown:
        return _show(request, status=HTTPStatus.NOT_FOUND)
    except Exception as error:  # noqa: BLE001 - every exception becomes a problem, and bugs are logged there
        return problems.answer(error, request)
    return _show(request, mailing_list=mailing_list, is_done=True)


def _is_one_click(request: HttpRequest) -> bool:
    """Return whether a form says what it must; a large one is none, and is not read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _MAX_BODY:
        return False
    name, value = _ONE_CLICK
    return request.POST.get(name) == value


def _show(
    request: HttpRequest, *, mailing_list: str = "", is_done: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    page = {"list": mailing_list, "is_done": is_done}
    response = render(request, "mailings/unsubscription.html", page, status=status)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    # The address is what a log-in is elsewhere: it goes to nobody, and no search engine keeps it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
