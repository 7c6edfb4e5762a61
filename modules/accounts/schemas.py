"""What accounts tells others about an account, and the figures it runs by."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from modules.kernel.scopes import GRANTABLE
from modules.kernel.shapes import Body, Id, Moment, Nothing, Page, Shape
from modules.kernel.text import PlainText


class Identity(Shape):
    """An account as every other context may know it; the e-mail address is nobody else's business."""

    id: Id
    username: str
    is_active: bool
    created_at: Moment


class AccountLife(Shape):
    """Whether an account is open, and what closes it; for operators."""

    id: Id
    username: str
    is_active: bool
    suspended_at: Moment | None
    delete_after: Moment | None
    roles: list[str]


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """How long things are believed, and how much hashing a process bears; seconds."""

    # A process believes a principal this long without asking anybody: the slowest a revocation may act.
    principal_life: float = 2.0
    # Redis believes a session this long: what a log-out during an outage may need at most.
    entry_life: int = 60
    # A session in use is prolonged, by one UPDATE, at most this often.
    touch_after: int = 3600
    session_life: int = 30 * 86_400
    # Of a session that is nobody's yet: twice what allauth leaves for a log-in to be finished.
    open_session_life: int = 1800
    # How long somebody counts as present who has shown who they are: what is delicate asks for it anew then.
    presence_life: float = 300.0
    # Argon2 at 19 MiB takes 35 ms of a core; more at once would only starve the other threads.
    hashes_at_once: int = 2
    hash_wait: float = 1.0


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


def _check_redirect(uri: str) -> str:
    """Return the address if a code may be sent there: over TLS, to this device, or to an app of its own."""
    try:
        parts = urlsplit(uri)
        is_ascii = uri.isascii() and parts.port != 0
    except ValueError:
        raise PydanticCustomError("redirect_unsafe", "Send an address with a port that there is.") from None
    is_own_scheme = "." in parts.scheme and parts.scheme.isascii()
    is_loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    is_web = parts.scheme == "https" and bool(parts.hostname)
    if not (is_own_scheme or is_loopback or is_web):
        raise PydanticCustomError(
            "redirect_unsafe", "Send https://…, http://127.0.0.1…, or a scheme of your own with a dot in it."
        )
    if (
        not is_ascii
        or "#" in uri
        or parts.username is not None
        or "*" in uri
        or not uri.isprintable()
        or " " in uri
    ):
        raise PydanticCustomError(
            "redirect_unsafe", "Send an address in ASCII, without fragment, user, blank or wildcard."
        )
    return uri


AppName = Annotated[str, PlainText(1, 100, lines=False)]
AppScope = Annotated[str, Field(json_schema_extra={"enum": [*APP_SCOPES]}), _one_of_scopes(*APP_SCOPES)]
KeyScope = Annotated[str, Field(json_schema_extra={"enum": [*GRANTABLE]}), _one_of_scopes(*GRANTABLE)]
RedirectUri = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00-\x20]+$"), AfterValidator(_check_redirect)
]
PostLogoutRedirectUris = Annotated[
    list[RedirectUri],
    Field(
        max_length=10,
        description="Where a log-out may lead; if none is named, to the origins of `redirect_uris`.",
    ),
]
GrantType = Literal["authorization_code", "refresh_token", "client_credentials"]


class NewApp(Body):
    """An app to register."""

    name: AppName
    type: Annotated[AppType, Field(strict=False)]
    redirect_uris: Annotated[list[RedirectUri], Field(max_length=10)]
    post_logout_redirect_uris: PostLogoutRedirectUris = Field(default_factory=list)
    scopes: Annotated[list[AppScope], Field(min_length=1, max_length=20)]
    grant_types: Annotated[list[GrantType], Field(min_length=1, max_length=3)]

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
    redirect_uris: Annotated[list[RedirectUri], Field(min_length=1, max_length=10)] = Field(
        default_factory=list
    )
    post_logout_redirect_uris: PostLogoutRedirectUris = Field(default_factory=list)
    scopes: Annotated[list[AppScope], Field(min_length=1, max_length=20)] = Field(default_factory=list)


class AppCard(Shape):
    """An app as its owner sees it; `id` is OAuth's client_id."""

    id: str
    name: str
    type: AppType
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    scopes: list[str]
    grant_types: list[str]
    created_at: Moment

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
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=20)]
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
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None


class KeyCreated(KeyCard):
    """A new key, shown this once; a repeat gets none."""

    key: str | None


class KeyPage(Page[KeyCard, Nothing, Nothing]):
    """The keys of an app, newest first."""


class SessionCard(Shape):
    """Where a user is logged in; the address of IPv6 is that of its network."""

    id: Id
    is_current: bool
    user_agent: str
    address: str
    created_at: Moment
    last_seen_at: Moment
    expires_at: Moment


class SessionPage(Page[SessionCard, Nothing, Nothing]):
    """Where a user is logged in, the newest log-in first."""


class GrantCard(Shape):
    """An app that a user let in, and what for; `id` is that of the app."""

    id: str
    name: str
    scopes: list[str]
    granted_at: Moment


class GrantPage(Page[GrantCard, Nothing, Nothing]):
    """The apps that a user let in, newest first."""


class AuditCard(Shape):
    """Something that was done with an app's power."""

    id: Id
    at: Moment
    action: str
    key_id: Id | None
    actor_id: Id | None
    user_id: Id | None
    method: str | None
    path: str | None
    request_id: str | None


class AuditPage(Page[AuditCard, Nothing, Nothing]):
    """A page of what was done, newest first."""
