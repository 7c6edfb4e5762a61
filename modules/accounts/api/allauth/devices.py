"""The cookie by which a browser is known again, so that strangers cannot lock its owner out of it."""

import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.places import Place, is_known_device
from modules.accounts.services.places import remember_place
from modules.kernel import clock
from modules.kernel.http.address import client_address

AGE = 180 * 86_400
# No browser of ours: its answers carry no cookies.
_APPS = "/auth/app/"


def place_of(request: HttpRequest) -> Place:
    """Return where a request comes from."""
    return Place(client_address(request), request.COOKIES.get(_name(), "")[:64])


def remember_device(request: HttpRequest, user: AbstractBaseUser) -> None:
    """
    Note where somebody has got in from, now that every factor was shown.

    A cookie that this account did not leave is replaced: somebody else may have planted it.
    """
    place = place_of(request)
    if request.path_info.startswith(_APPS):
        place = Place(place.address)
    elif not is_known_device(user.pk, place):
        place = Place(place.address, secrets.token_urlsafe(32))
    remember_place(user.pk, place, now=clock.now())
    request_state().device = place.device


def leave_device(response: HttpResponseBase) -> None:
    """Leave the cookie with a browser from which somebody has just got in."""
    if device := request_state().device:
        response.set_cookie(
            _name(), device, max_age=AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )


def _name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
