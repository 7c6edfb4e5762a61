"""What allauth's provider says of itself: one issuer, our scopes, and only what is really offered."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from oauthlib.oauth2.rfc6749.errors import InsufficientScopeError, InvalidTokenError

from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.addresses import is_verified_by
from modules.kernel.scopes import GRANTABLE

IDENTITY = {
    "openid": "Know who you are",
    "profile": "See your username",
    "email": "See your email address",
}
OF_EMAIL = ("email", "email_verified")


class OAuthAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types
    """Pins the issuer and names the scopes."""

    scope_display = {**IDENTITY, **GRANTABLE}

    def get_issuer(self) -> str:
        """Return the address from the settings: a Host header must not choose who signs."""
        return str(settings.PUBLIC_URL)

    def populate_server_metadata(self, data: dict[str, str | list[str]]) -> None:
        """Leave out what allauth could do and this service does not."""
        data["scopes_supported"] = [*IDENTITY, *GRANTABLE]
        data["response_types_supported"] = ["code"]
        data["grant_types_supported"] = ["authorization_code", "client_credentials", "refresh_token"]
        data["response_modes_supported"] = ["query"]
        # False is not the default of each of these.
        for name in ("claims", "request", "request_uri", "authorization_response_iss"):
            data[f"{name}_parameter_supported"] = False  # type: ignore[assignment]
        data.pop("device_authorization_endpoint", None)
        for name, value in data.items():
            if isinstance(value, str) and name.endswith(("_endpoint", "_uri")):
                data[name] = f"{settings.PUBLIC_URL}{urlsplit(value).path}"

    def populate_id_token(
        self, id_token: dict[str, Any], client: Client, scopes: Iterable[str], **more: Any
    ) -> None:
        """Say when the user last proved who they are (`auth_time`), which `max_age` asks for."""
        at = request_state().authenticated_at
        if at is not None:
            id_token["auth_time"] = int(at.timestamp())

    def get_claims(
        self,
        purpose: str,
        user: AbstractBaseUser | None,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """
        Tell who a user is; nothing to an app whose owner's account is closed, or with a token of its own.

        An address is told that was the one to tell when the user said yes, while they still have it verified.
        """
        if not client.owner.is_active:
            raise InvalidTokenError
        if user is None:
            raise InsufficientScopeError
        email = email or request_state().shown_email
        claims: dict[str, Any] = super().get_claims(purpose, user, client, scopes, email=email, **more)
        if email and not is_verified_by(user.pk, email):
            return {name: value for name, value in claims.items() if name not in OF_EMAIL}
        return claims
