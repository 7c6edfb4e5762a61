"""What accounts gives to a user's archive: never a password, a key, a code, or a digest of one."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from modules.accounts.models import (
    KnownPlace,
    ReservedName,
    ServiceKey,
    Session,
    SpentToken,
    TokenFamily,
    User,
)
from modules.accounts.selectors.apps import list_apps, list_grants
from modules.kernel.archives import Entry, archived, left_out, walk


@archived("account.json", of=[User], about="Your account: its name, since when it is, and its roles.")
def read_account(user_id: int) -> Iterator[Entry]:
    """Yield the account."""
    yield from walk(User.objects.filter(id=user_id), "id", "username", "email", "roles", "created_at")


@archived("addresses.json", of=[], about="Your e-mail addresses, and whether you have verified them.")
def read_addresses(user_id: int) -> Iterator[Entry]:
    """Yield the addresses."""
    yield from walk(EmailAddress.objects.filter(user_id=user_id), "email", "verified", "primary")


@archived("sessions.json", of=[Session], about="Where you are logged in: when, from where, by which program.")
def read_sessions(user_id: int) -> Iterator[Entry]:
    """Yield the sessions, dead ones that nobody has swept up yet among them, without what opens them."""
    shown = ("id", "user_agent", "address", "created_at", "last_seen_at", "expires_at")
    yield from walk(Session.objects.filter(user_id=user_id), *shown)


@archived("second_factors.json", of=[], about="Your passkeys and code apps, without their secrets.")
def read_second_factors(user_id: int) -> Iterator[Entry]:
    """Yield the kinds of second factors."""
    yield from walk(Authenticator.objects.filter(user_id=user_id), "type", "created_at", "last_used_at")


@archived("social_accounts.json", of=[], about="Accounts elsewhere by which you log in.")
def read_social_accounts(user_id: int) -> Iterator[Entry]:
    """Yield accounts at other providers."""
    shown = ("provider", "uid", "date_joined", "last_login")
    yield from walk(SocialAccount.objects.filter(user_id=user_id), *shown)


@archived("granted_apps.json", of=[TokenFamily], about="Apps that you let act for you, and what they may do.")
def read_granted_apps(user_id: int) -> Iterator[Entry]:
    """Yield the apps that the user let in."""
    for card in list_grants(user_id).data:
        yield card.model_dump(mode="json")


@archived("own_apps.json", of=[], about="Apps that you have registered, without their secrets and keys.")
def read_own_apps(user_id: int) -> Iterator[Entry]:
    """Yield the apps that the user has made."""
    for card in list_apps(user_id).data:
        yield card.model_dump(mode="json")


left_out(KnownPlace, because="It holds digests alone, of which nobody can tell the places.")
left_out(ReservedName, because="It is the operator's.")
left_out(ServiceKey, because="A key is an app's, not a user's; its apps are there.")
left_out(SpentToken, because="It holds digests of codes that were used, for minutes.")
