"""
What another provider answers is somebody else's text: believed where it says what it has to, or else refused.

allauth takes `str(None)` for somebody's id and "false" for true, and lets rise whatever an answer lacks. And
it keeps what comes back from Apple before it looks whether anybody was sent there.
"""

import json
import logging
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.apple.provider import AppleProvider
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.base import Provider, ProviderException
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from requests import RequestException

from modules.accounts.api.allauth.internals import jwtkit
from modules.kernel.text import has_heap_of_marks

logger = logging.getLogger(__name__)

CLIENTS = (
    *(OAuth2Adapter, OpenIDConnectOAuth2Adapter),
    *(AppleOAuth2Adapter, GitHubOAuth2Adapter, GoogleOAuth2Adapter),
)
# The steps of a client that read an answer.
STEPS = ("get_access_token_data", "parse_token", "complete_login")
# How it shows that an answer lacks something, or holds something else.
INPUT_ERRORS = (
    *(LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError),
    ImproperlyConfigured,
)
# As JSON: it is kept while its user chooses a name, in a session that is nobody's and holds little more.
MAX_SAID = 10_000
# In which a provider says that an address was proven to it.
FLAGS = ("email_verified", "verified_email", "verified")


@cache
def install() -> None:
    """Read what other providers answer with care, from now on."""
    Provider.sociallogin_from_response = _checked(Provider.sociallogin_from_response)
    for client in CLIENTS:
        for step in STEPS:
            if step in vars(client):
                setattr(client, step, _refusing(vars(client)[step]))
    for provider in (AppleProvider, GoogleProvider, OpenIDConnectProvider):
        provider.verify_token = _taking_no_other(provider.verify_token)
    jwtkit.verify_and_decode = _meant_for_us(jwtkit.verify_and_decode)
    OAuth2Adapter.get_client = _leading_back(OAuth2Adapter.get_client)


def only_configured(view: Callable[..., HttpResponseBase], provider: str) -> Callable[..., HttpResponseBase]:
    """Return the view to which a provider leads back, for those that there are."""

    @wraps(view)
    def view_or_refuse(request: HttpRequest, **named: str) -> HttpResponseBase:
        """
        Go on with who comes back.

        :raises SocialApp.DoesNotExist: if nobody can have been sent there
        """
        if not get_adapter().list_apps(request, provider=named.get("provider_id", provider)):
            raise SocialApp.DoesNotExist
        return view(request, **named)

    return view_or_refuse


def _checked(make: Callable[..., SocialLogin]) -> Callable[..., SocialLogin]:
    @wraps(make)
    def make_checked(provider: Provider, request: HttpRequest, said: Any) -> SocialLogin:
        """
        Return who it is that another provider tells of.

        :raises ProviderException: if it does not tell
        """
        try:
            _check_storable(said)
            _check_subject(provider, said)
            login = make(provider, request, _with_flags(said))
        except INPUT_ERRORS as error:
            raise _unreadable(error) from error
        _check_uid(login.account.uid)
        return login

    return make_checked


def _check_storable(said: Any) -> None:
    """Refuse what PostgreSQL keeps in no JSON (NUL, half a character, no number), and what is too long."""
    if len(json.dumps(said)) > MAX_SAID:
        raise ValueError("It is too long.")
    text = json.dumps(said, allow_nan=False, ensure_ascii=False)
    if "\\u0000" in text:
        raise ValueError("It holds a NUL.")
    # allauth makes usernames of the names in it.
    if has_heap_of_marks(text):
        raise ValueError("It holds a heap of marks.")
    text.encode()


def _check_subject(provider: Provider, said: dict[str, Any]) -> None:
    """Look at the very value by which a provider names somebody, before it is made a text."""
    about = [part for name in ("userinfo", "id_token") if isinstance(part := said.get(name), dict)]
    # OpenID Connect Core, 5.3.2: what is said of somebody else is not to be used.
    if len({str(part["sub"]) for part in about if "sub" in part}) > 1:
        raise ValueError("The ID token is about somebody else.")
    named = about[0] if about else said
    name = provider.app.settings.get("uid_field") or ("sub" if "sub" in named else "id")
    # GitHub counts its people.
    is_number = name != "sub" and isinstance(named[name], int) and not isinstance(named[name], bool)
    if not is_number and not isinstance(named[name], str):
        raise TypeError("It names nobody.")


def _check_uid(uid: str) -> None:
    if not uid.strip() or not uid.isprintable() or uid == "None" or len(uid) > app_settings.UID_MAX_LENGTH:
        raise _unreadable(ValueError("It names nobody."))


def _with_flags(said: Any) -> Any:
    """Return an answer in which an address is proven or not: by true, or the text of it, and nothing else."""
    if isinstance(said, list):
        return [_with_flags(part) for part in said]
    if not isinstance(said, dict):
        return said
    return {
        name: part is True or (isinstance(part, str) and part.lower() == "true")
        if name in FLAGS
        else _with_flags(part)
        for name, part in said.items()
    }


def _refusing(step: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(step)
    def step_or_refuse(*args: Any, **options: Any) -> Any:
        """Read an answer; allauth leads its user back with an error where that cannot be done."""
        try:
            return step(*args, **options)
        except INPUT_ERRORS as error:
            raise _unreadable(error) from error

    return step_or_refuse


def _taking_no_other(verify: Callable[..., SocialLogin]) -> Callable[..., SocialLogin]:
    @wraps(verify)
    def verify_or_refuse(provider: Provider, request: HttpRequest, token: dict[str, Any]) -> SocialLogin:
        """Return whom a token tells of; one that cannot be read is no better than a forged one."""
        try:
            return verify(provider, request, token)
        except (ProviderException, *INPUT_ERRORS) as error:
            raise get_adapter().validation_error("invalid_token") from _unreadable(error)

    return verify_or_refuse


def _meant_for_us(decode: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(decode)
    def decode_if_meant(*, audience: Any, **options: Any) -> dict[str, Any]:
        """
        Return what an ID token says (OpenID Connect Core, 2 and 3.1.3.7).

        :raises OAuth2Error: if it never ends, or is for others too and not made out to us
        """
        said = decode(audience=audience, **options)
        ours = {audience} if isinstance(audience, str) else set(audience)
        others = set() if isinstance(said["aud"], str) else set(said["aud"]) - ours
        if "exp" not in said or (others and said.get("azp") not in ours):
            raise OAuth2Error("Invalid id_token")
        return said

    return decode_if_meant


def _leading_back(get_client: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(get_client)
    def get_client_or_lead_back(client: OAuth2Adapter, request: HttpRequest, app: Any) -> Any:
        """Ask a provider where it is asked; lead back whose provider cannot be reached, or does not say."""
        try:
            return get_client(client, request, app)
        except (RequestException, *INPUT_ERRORS) as error:
            _unreadable(error)
            raise ImmediateHttpResponse(
                render_authentication_error(request, client.get_provider(), exception=error)
            ) from error

    return get_client_or_lead_back


def _unreadable(error: Exception) -> ProviderException:
    """Tell operators of which kind an error is; what the provider said of whom is in no log."""
    logger.warning("another provider's answer cannot be read: %s", type(error).__name__)
    return ProviderException("Its answer cannot be read.")
