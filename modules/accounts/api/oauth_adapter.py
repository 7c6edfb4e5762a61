"""What allauth's provider says of itself: one issuer, our scopes, and only what is really offered."""

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings

from modules.kernel.scopes import GRANTABLE

IDENTITY = {
    "openid": "Know who you are",
    "profile": "See your username",
    "email": "See your email address",
}


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
        data["authorization_response_iss_parameter_supported"] = False  # type: ignore[assignment]
        data.pop("device_authorization_endpoint", None)
        for name, value in data.items():
            if isinstance(value, str) and name.endswith(("_endpoint", "_uri")):
                data[name] = f"{settings.PUBLIC_URL}/{value.split('/', 3)[3]}"
