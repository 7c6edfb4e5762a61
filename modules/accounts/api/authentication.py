"""How a request of `/v1/` says who sends it: by a session, a token, a key, or a browser's cookie."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from modules.accounts.api.pages.forgery import find_forgery
from modules.accounts.errors import OnBehalfNotAllowed, OnBehalfUnknown
from modules.accounts.services.on_behalf import act_for
from modules.accounts.services.principals import recognize, recognize_good
from modules.audit.schemas import Action
from modules.kernel import clock
from modules.kernel.errors import HeaderInvalid, InputError
from modules.kernel.limits import LimitReached
from modules.kernel.principals import ON_BEHALF, Principal
from modules.kernel.shapes import ID_PATTERN, MAX_ID

if TYPE_CHECKING:
    from modules.kernel.http import Request as CountedRequest

CHALLENGE = 'Bearer realm="banyan"'
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# Longer than any key of ours; hashing a megabyte for a stranger would be a gift.
MAX_KEY = 128
ON_BEHALF_HEADER = "HTTP_BANYAN_ON_BEHALF_OF"
ID = re.compile(ID_PATTERN)


class HeaderAuthentication(BaseAuthentication):
    """
    Takes a session token from `X-Session-Token`, or whatever stands in `Authorization: Bearer`.

    There it may be a session token, an OAuth access token or a service key; the last may name a user to
    act for in `Banyan-On-Behalf-Of`.
    """

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """
        Return the caller and their key, or None if no credentials were sent.

        :raises LimitReached: if their address has guessed too often, and they were not good lately
        :raises AuthenticationFailed: if some were sent that nobody holds, or no longer, or two kinds at once
        :raises OnBehalfNotAllowed: if a user to act for is named, and by no service key that may
        """
        key = _sent(request.META)
        if key is None:
            # A cookie behind it must not carry out for one user what was meant for another.
            if ON_BEHALF_HEADER in request.META:
                raise OnBehalfNotAllowed
            return None
        principal = _recognize(request, key)
        if principal is None:
            raise AuthenticationFailed("The credentials are not valid, or no longer.")
        if ON_BEHALF_HEADER in request.META:
            principal = _on_behalf(request, principal)
        return principal, key

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, without which DRF would answer 403 where 401 is due."""
        return CHALLENGE


def _recognize(request: Request, key: str) -> Principal | None:
    """
    Return who holds credentials, if they may be looked at.

    :raises LimitReached: if they were not good lately, and their address has guessed too often
    """
    refusal: LimitReached | None = getattr(request._request, "refused_unread", None)
    look = recognize if refusal is None else recognize_good
    principal = look(key, now=clock.now()) if len(key) <= MAX_KEY else None
    if principal is None and refusal is not None:
        raise refusal
    return principal


def _sent(meta: Mapping[str, Any]) -> str | None:
    """Return the one credential that was sent."""
    token, bearer = meta.get("HTTP_X_SESSION_TOKEN"), _bearer(meta.get("HTTP_AUTHORIZATION", ""))
    if token and bearer:
        raise AuthenticationFailed("Send X-Session-Token or Authorization, not both.")
    return token or bearer


def _on_behalf(request: Request, service: Principal) -> Principal:
    """
    Return the user whom a service acts for, once it is on record that it does; the record is counted before.

    :raises OnBehalfNotAllowed: if the credentials may not
    :raises OnBehalfUnknown: if there is no such active user
    :raises LimitReached: if the app has nothing left
    """
    if service.key_id is None or not service.may(ON_BEHALF):
        raise OnBehalfNotAllowed
    assert service.app_id is not None
    named = request.META[ON_BEHALF_HEADER]
    if not ID.fullmatch(named) or int(named) > MAX_ID:
        error = InputError(None, "malformed", "Send the id of one user.", header="Banyan-On-Behalf-Of")
        raise HeaderInvalid(errors=[error])
    plain = request._request
    cast("CountedRequest", request).charge(service)
    action = Action(plain.method or "", plain.path, getattr(plain, "id", ""))
    epoch = act_for(int(named), action, app_id=service.app_id, key_id=service.key_id, now=clock.now())
    if epoch is None:
        raise OnBehalfUnknown
    return replace(service, id=int(named), epoch=epoch, roles=frozenset())


class BrowserSessionAuthentication(BaseAuthentication):
    """Takes the session cookie of a browser, and for anything that writes the token against forgery too."""

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """
        Return the caller and their key, or None if the cookie is missing or dead; a browser sends it anyway.

        :raises LimitReached: if its address has guessed too often, and it was not good lately
        :raises PermissionDenied: if the request writes and may have been forged
        """
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return None
        principal = _recognize(request, key)
        if principal is None:
            return None
        if request.method not in SAFE_METHODS:
            _refuse_forgery(request._request)
        return principal, key

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, without which DRF would answer 403 where 401 is due."""
        return CHALLENGE


def _refuse_forgery(request: HttpRequest) -> None:
    """Refuse a request that the browser's own page may not have sent."""
    if reason := find_forgery(request):
        raise PermissionDenied(f"CSRF check failed: {reason}")


def _bearer(header: str) -> str | None:
    """Return the token of a Bearer header; None for no header and for any other scheme."""
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


class HeaderScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells OpenAPI of the session token and its two places."""

    target_class = HeaderAuthentication
    name = ["sessionToken", "bearer"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Return the two security schemes."""
        return [
            {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
            {"type": "http", "scheme": "bearer", "description": "The session token as a bearer token."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Return either of them as enough."""
        return [{"sessionToken": []}, {"bearer": []}]


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells OpenAPI of the session cookie."""

    target_class = BrowserSessionAuthentication
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The cookie of a browser's session; whatever writes also needs `X-CSRFToken`.",
        }
