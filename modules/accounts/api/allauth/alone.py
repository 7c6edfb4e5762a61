"""What takes a way in away from an account is done one after the other."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from modules.accounts.services.grants import lock_users
from sharding.scope import writing_directory

_METHODS = ("PATCH", "DELETE")


def alone(handle: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view's handling, from its first look at what was sent, while no other changes the account."""

    @wraps(handle)
    def handle_alone(view: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _METHODS:
            return handle(view, request, *args, **kwargs)
        user_id: int = request.user.pk  # type: ignore[assignment]  # the view has seen to that
        with writing_directory(owner_id=user_id):
            lock_users([user_id])
            return handle(view, request, *args, **kwargs)

    return handle_alone
