"""The parts of allauth's verification of addresses that are replaced (`replacements.py`)."""

from collections.abc import Callable
from functools import wraps

from allauth.account.models import EmailAddress
from allauth.headless.account.views import VerifyEmailView
from allauth.headless.base.response import UnauthorizedResponse
from django.http import HttpRequest, HttpResponse

from modules.accounts.api.request_state import request_state
from modules.accounts.errors import DoneMeanwhile
from modules.accounts.services.claims import release_address, verifying_address
from modules.accounts.services.welcome import welcome
from modules.kernel import clock
from modules.mail.public import lift_undeliverable

Handle = Callable[..., HttpResponse]


def once(verify: Callable[..., bool]) -> Callable[..., bool]:
    """Return the verifying of an address by a code, a link or a reset, so that it is nobody else's; once."""

    @wraps(verify)
    def verify_once(request: HttpRequest, address: EmailAddress) -> bool:
        with verifying_address(address) as is_open:
            if not is_open and request_state().reset_by is None:
                raise DoneMeanwhile
            is_done = not is_open or verify(request, address)
            if is_open and is_done:
                # A code or link has arrived there.
                lift_undeliverable(address.email)
                release_address(address.email, holder_id=address.user_id)
                if request_state().reset_by is None:
                    # Who has a new password hears of that, and may not have signed up themselves.
                    welcome(address.user_id, now=clock.now())
            return is_done

    return verify_once


def of_own(post: Handle) -> Handle:
    """Return the answer to a code or link; a link only for its account: it takes the address from others."""

    @wraps(post)
    def verify(view: VerifyEmailView, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not view.process and view.input.verification.email_address.user_id != request.user.pk:
            refused: HttpResponse = UnauthorizedResponse(request)
            return refused
        return post(view, request, *args, **kwargs)

    return verify
