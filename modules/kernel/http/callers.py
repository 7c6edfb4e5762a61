"""Who is calling: learnt and counted before anything is done for them, wherever they ask."""

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.views import APIView

from modules.kernel.http import limiting, problems
from modules.kernel.http.request import Request
from modules.kernel.limits import LimitReached

if TYPE_CHECKING:
    from rest_framework.authentication import BaseAuthentication

Authentication = tuple[type["BaseAuthentication"], ...]
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@cache
def _authenticators(classes: Authentication) -> tuple["BaseAuthentication", ...]:
    """Return one instance of each authenticator; they keep nothing of a request."""
    return tuple(kind() for kind in classes)


def identify(request: HttpRequest, classes: Authentication) -> Request:
    """
    Return a request with its caller, against whom it is counted now; a guess, against its address.

    :raises AuthenticationFailed: if it has credentials that nobody holds
    :raises LimitReached: if there is nothing left for whom it is counted against
    """
    wrapped = Request(request, _authenticators(classes))
    try:
        wrapped.identify()
    except AuthenticationFailed:
        limiting.charge_guess(request)
        raise
    if wrapped.viewer is None:
        # Of nobody, or with a cookie that is nobody's.
        limiting.charge_stranger(request)
    else:
        limiting.charge_principal(request, wrapped.viewer)
    return wrapped


def counted(view: View[P]) -> View[P]:
    """Return a view that is no endpoint, and before which its caller is counted as before any endpoint."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            identify(request, tuple(APIView.authentication_classes))
        except Exception as error:  # noqa: BLE001 - every exception becomes a problem, and bugs are logged there
            return problems.answer(error, request)
        return view(request, *args, **kwargs)

    return guarded


@counted
def _not_found(request: HttpRequest) -> HttpResponse:
    return problems.answer_status(404, request, {})


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the resolver's 404 as a problem; under `/v1/` whoever brings credentials is asked for them."""
    if request.path_info.startswith("/v1/"):
        return _not_found(request)
    try:
        limiting.charge_stranger(request)
    except LimitReached as refusal:
        return problems.answer(refusal, request)
    return problems.answer_status(404, request, {})
