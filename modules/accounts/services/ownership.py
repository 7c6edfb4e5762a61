"""
Giving an account to who proves its address, where nobody had proven it before.

Anybody may sign up with an address that is not theirs, and prepare the account: connect a provider, add an
address of their own, make an app and a key. Whoever then gets in by a mail to the address shares it with
nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from modules.accounts.errors import DoneMeanwhile
from modules.accounts.models import TokenFamily, User
from modules.accounts.selectors.addresses import is_verified_by
from modules.accounts.services.apps import drop_apps
from modules.accounts.services.grants import lock_users
from modules.mail.public import lift_undeliverable


@dataclass(frozen=True, slots=True)
class MailedCode:
    """A code that was brought back: to which address it was mailed, and under which epoch of its account."""

    address: str
    epoch: int


def take_over(user_id: int, code: MailedCode, *, now: datetime) -> list[str]:
    """
    Use a mailed code up, and give the account to who brought it.

    End, in the caller's transaction, all by which somebody else may get in to an account, or act for it.

    That is all but its username and what was published under it: other addresses, verified ones too,
    providers, second factors, apps with their keys, what was granted to other apps, and roles; a new password
    ends sessions and tokens. Nothing ends where the address was proven before: then its owner has forgotten a
    password.

    Whatever is done by such a code raises the epoch. So it works once: of several requests that bring it at
    the same moment all have read a session that still holds it, and the lock lets one through.

    Return what Redis has to hear once it is committed (`revoke_in_cache`).

    :raises DoneMeanwhile: if the code was used, or its account's epoch raised by anything else
    """
    lock_users([user_id])
    if not User.objects.filter(id=user_id, epoch=code.epoch).exists():
        raise DoneMeanwhile
    # The code has arrived there.
    lift_undeliverable(code.address)
    if is_verified_by(user_id, code.address):
        return []
    EmailAddress.objects.filter(user_id=user_id).exclude(email=code.address).delete()
    SocialAccount.objects.filter(user_id=user_id).delete()
    Authenticator.objects.filter(user_id=user_id).delete()
    TokenFamily.objects.filter(user_id=user_id).delete()
    User.objects.filter(id=user_id).update(roles=[])
    return drop_apps(user_id, now=now)
