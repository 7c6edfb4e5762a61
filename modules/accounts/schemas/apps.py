"""Apps of third parties and services: what registers them, what shows them."""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from modules.accounts.schemas.addresses import RedirectUri, to_canonical
from modules.accounts.schemas.lists import EachOnce
from modules.kernel.scopes import GRANTABLE
from modules.kernel.shapes import Body, Id, Nothing, Page, Shape, UtcDateTime
from modules.kernel.text import PlainText


class AppType(StrEnum):
    """Whether an app can keep a secret: a server can, a mobile app or a page in a browser cannot."""

    CONFIDENTIAL = "confidential"
    PUBLIC = "public"


# What a user can grant: the contexts' scopes, and OpenID Connect's.
APP_SCOPES = (*GRANTABLE, "openid", "profile", "email")


def _one_of_scopes(*allowed: str) -> AfterValidator:
    def check(scope: str) -> str:
        if scope not in allowed:
            raise PydanticCustomError(
                "scope_unknown", "Send a scope of this list: {all}.", {"all": ", ".join(allowed)}
            )
        return scope

    return AfterValidator(check)


AppName = Annotated[str, PlainText(1, 100, lines=False)]
AppScope = Annotated[str, Field(json_schema_extra={"enum": [*APP_SCOPES]}), _one_of_scopes(*APP_SCOPES)]
KeyScope = Annotated[str, Field(json_schema_extra={"enum": [*GRANTABLE]}), _one_of_scopes(*GRANTABLE)]
RedirectUris = Annotated[list[RedirectUri], Field(max_length=10), EachOnce(to_canonical)]
PostLogoutRedirectUris = Annotated[
    list[RedirectUri],
    Field(
        max_length=10,
        description="Where a log-out may lead; if none is named, to the origins of `redirect_uris`.",
    ),
    EachOnce(to_canonical),
]
AppScopes = Annotated[list[AppScope], Field(min_length=1, max_length=20), EachOnce()]
GrantType = Literal["authorization_code", "refresh_token", "client_credentials"]


class NewApp(Body):
    """An app to register."""

    name: AppName
    type: Annotated[AppType, Field(strict=False)]
    redirect_uris: RedirectUris
    post_logout_redirect_uris: PostLogoutRedirectUris = Field(default_factory=list)
    scopes: AppScopes
    grant_types: Annotated[list[GrantType], Field(min_length=1, max_length=3), EachOnce()]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse what contradicts itself."""
        if "authorization_code" in self.grant_types and not self.redirect_uris:
            raise PydanticCustomError(
                "redirect_missing", "Send a redirect_uri for the grant authorization_code."
            )
        if "client_credentials" in self.grant_types and self.type is AppType.PUBLIC:
            raise PydanticCustomError(
                "secret_needed", "A public app cannot have the grant client_credentials."
            )
        return self


class EditApp(Body):
    """What to change of an app; what is left out stays as it is."""

    name: AppName = Field(default_factory=str)
    redirect_uris: Annotated[RedirectUris, Field(min_length=1)] = Field(default_factory=list)
    post_logout_redirect_uris: PostLogoutRedirectUris = Field(default_factory=list)
    scopes: AppScopes = Field(default_factory=list)


class AppCard(Shape):
    """An app as its owner sees it; `id` is OAuth's client_id."""

    id: str
    name: str
    type: AppType
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    scopes: list[str]
    grant_types: list[str]
    created_at: UtcDateTime

    @property
    def version(self) -> int:
        """Return what the ETag names: a digest of what is shown, for allauth's row counts no changes."""
        return int.from_bytes(hashlib.blake2b(self.json_bytes(), digest_size=7).digest())


class AppCreated(AppCard):
    """A new app with its secret, which is shown this once; a public app has none, and a repeat gets none."""

    secret: str | None


class AppPage(Page[AppCard, Nothing, Nothing]):
    """The apps of the caller, newest first."""


class NewSecret(Shape):
    """A new secret, which is shown this once; a repeat gets none."""

    secret: str | None


class NewKey(Body):
    """A service key to make."""

    name: AppName
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=20), EachOnce()]
    days: Annotated[int, Field(ge=1, le=365, description="How long it lives.")] = 90
    may_act_for_users: Annotated[bool, Field(description="Whether it may name a user to act for.")] = False


class Rotation(Body):
    """How a key gives way to its successor."""

    overlap_seconds: Annotated[
        int, Field(ge=0, le=604_800, description="How long the old one still lives.")
    ] = 86_400


class KeyCard(Shape):
    """A key as its owner sees it; the key itself nobody sees again."""

    id: Id
    name: str
    prefix: str
    scopes: list[str]
    may_act_for_users: bool
    created_at: UtcDateTime
    expires_at: UtcDateTime
    last_used_at: UtcDateTime | None


class KeyCreated(KeyCard):
    """A new key, shown this once; a repeat gets none."""

    key: str | None


class KeyPage(Page[KeyCard, Nothing, Nothing]):
    """The keys of an app, newest first."""


class GrantCard(Shape):
    """An app that a user let in, and what for; `id` is that of the app."""

    id: str
    name: str
    scopes: list[str]
    granted_at: UtcDateTime


class GrantPage(Page[GrantCard, Nothing, Nothing]):
    """The apps that a user let in, newest first."""
