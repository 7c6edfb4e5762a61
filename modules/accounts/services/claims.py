"""Who may say that an address is theirs: only a verified one is a claim, and then the only one."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress

from modules.accounts.models import User
from modules.accounts.services.grants import lock_users
from sharding.scope import writing_directory


def claim_address(user_id: int, email: str) -> None:
    """Note the verified primary address of a new account; the constraint refuses a second holder."""
    EmailAddress.objects.create(user_id=user_id, email=email, verified=True, primary=True)


def forget_unproven_addresses(user_id: int) -> None:
    """Forget what was added to an account and never verified, but for the address it signed up with."""
    EmailAddress.objects.filter(user_id=user_id, verified=False, primary=False).delete()


@contextmanager
def verifying_address(address: EmailAddress) -> Iterator[bool]:
    """
    Run a block that verifies an address, in one transaction with all that follows from it.

    It is told whether that is still to be done: not if another request has verified the address meanwhile,
    or taken it away. All who say that the address is theirs are locked first, for they may lose it.
    """
    with writing_directory():
        claims = EmailAddress.objects.filter(email=address.email)
        lock_users({address.user_id, *claims.values_list("user_id", flat=True)})
        own = claims.filter(user_id=address.user_id).values_list("verified", flat=True).first()
        yield own is False or (own is None and address.pk is None)


def release_address(email: str, *, holder_id: int) -> None:
    """
    Take an address that was just verified away from the other accounts which only said that it is theirs.

    Sign-ups that wait for a code keep it: they can never be finished, and whoever holds one shall not learn
    that the address has an account.
    """
    with writing_directory():
        others = EmailAddress.objects.filter(email=email, verified=False, user__is_pending=False)
        others = others.exclude(user_id=holder_id)
        owners = list(others.values_list("user_id", flat=True))
        others.delete()
        for user_id in owners:
            _choose_primary(user_id, instead_of=email)


def _choose_primary(user_id: int, *, instead_of: str) -> None:
    """Let an account that has lost its primary address be reached by another one, if it has any."""
    user = User.objects.select_for_update().get(id=user_id)
    if user.email != instead_of:
        return
    rest = EmailAddress.objects.filter(user_id=user_id).order_by("-primary", "-verified", "id").first()
    if rest is not None:
        EmailAddress.objects.filter(id=rest.id).update(primary=True)
    User.objects.filter(id=user_id).update(email=rest.email if rest else None)
