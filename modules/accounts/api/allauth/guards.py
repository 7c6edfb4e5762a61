"""
The part of allauth's adapter that protects accounts: from stolen sessions, unproven addresses and curiosity.

Two rules of presence. What decides who gets in (addresses, password, second factors, other providers) asks
for a password, a second factor or a passkey within the last five minutes, also right after a log-in: that is
allauth's own rule, and who has none of the three logs in again. What an account does with its power under
`/v1/` takes a log-in of the last five minutes as well (`services/presence.py`).
"""

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from modules.accounts.api.allauth.devices import place_of
from modules.accounts.api.allauth.internals import get_authentication_records, get_reauthentication_flows
from modules.accounts.api.request_state import request_state
from modules.accounts.errors import EmailTaken
from modules.accounts.selectors.addresses import is_verified, list_addresses_to_tell, list_log_in_names
from modules.accounts.selectors.places import Place
from modules.accounts.services.account_status import may_log_in
from modules.accounts.services.notices import announce_notice
from modules.accounts.services.sign_in_limits import charge_person
from modules.kernel import clock

# No username, so that nobody is found and the password is hashed all the same.
NOBODY = " "


def must_verify() -> bool:
    """Return whether nobody gets in before an address is verified."""
    return bool(app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY)


class Guards(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Asks who is there, says what was changed, and tells nobody who has an account."""

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether people may be led there: to this host, origins that may write, our own front end."""
        front = urlsplit(settings.FRONTEND_URL)
        is_front = url_has_allowed_host_and_scheme(url, {front.netloc}, require_https=front.scheme == "https")
        try:
            return is_front or bool(super().is_safe_url(url))
        except ValueError:
            # What has no parts, as `http://[::1`, leads nowhere.
            return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """
        Return that it is; allauth then looks whether it was done.

        Of an account with neither password nor second factor it would believe every session: there a log-in
        of the last minutes is asked for, by the provider that the user comes from.

        :raises ReauthenticationRequired: if that is too long ago
        """
        user = self.request.user
        if not get_reauthentication_flows(user):
            shown = [record["at"] for record in get_authentication_records(self.request, user)]
            if not shown or time.time() - shown[-1] >= settings.ACCOUNTS.presence_ttl:
                raise ReauthenticationRequired
        return True

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """
        Return whose name and password these are; an address stands for who has verified it.

        Of who was tried too often under all names together, and of a suspended account, the answer is that of
        a wrong password, for the same work. So it is of a closed one where a log-in does not open it.
        """
        place = place_of(request)
        for name in _names_in(credentials, place):
            refund = charge_person(name, place)
            is_tried = refund is not None and "@" not in name
            user: AbstractBaseUser | None = super().authenticate(
                request, username=name if is_tried else NOBODY, password=credentials["password"]
            )
            if user is not None:
                if refund is None or not _may_enter(user):
                    return None
                refund()
                return user
        return None

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """
        Note that an address is verified.

        :raises EmailTaken: if somebody else has verified it meanwhile; allauth would answer 500
        """
        if not super().confirm_email(request, email_address):
            raise EmailTaken
        return True

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Send a code; but to who has verified the address for another account that they have one."""
        address = emailconfirmation.email_address
        if is_verified(address.email, but=address.user_id):
            self.send_account_already_exists_mail(address.email)
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a user what was changed, at every address that is theirs, and announce it."""
        announce_notice(user.pk, template_prefix.rpartition("/")[2])
        proven, unproven = list_addresses_to_tell(user.pk)
        self.tell(proven, template_prefix, context or {})
        for address in unproven:
            self.send_mail(template_prefix, address, {"timestamp": timezone.now(), **(context or {})})

    def tell(self, addresses: Iterable[str], template_prefix: str, context: dict[str, Any]) -> None:
        """Mail one notice to several addresses, all of them proven to be those of who is told."""
        origin = {
            "timestamp": timezone.now(),
            "ip": self.get_client_ip(self.request),
            "user_agent": self.get_http_user_agent(self.request)[:200],
            "is_proven": True,
        }
        for address in addresses:
            self.send_mail(template_prefix, address, origin | context)


def _may_enter(user: AbstractBaseUser) -> bool:
    return may_log_in(user, now=clock.now()) and (user.is_active or request_state().may_reopen)


def _names_in(credentials: dict[str, Any], place: Place) -> list[str]:
    """
    Return the usernames that may be meant, or an address that is nobody's.

    A page that has one field sends it as both kinds of name.
    """
    username = credentials.get("username") or ""
    if username and "@" not in username:
        return [username]
    email = (credentials.get("email") or username).lower()
    return list_log_in_names(email, place, verified_only=must_verify()) or [f"{email}@"]
