"""Whose an e-mail address is: the account that has verified it; until then nobody's for certain."""

from allauth.account.models import EmailAddress

from modules.accounts.models import User
from modules.accounts.selectors.places import Place, map_known

# Each costs a hash at a log-in.
MOST_CLAIMANTS = 3


def is_verified(email: str, *, but: int | None = None) -> bool:
    """Return whether an account has verified this address, other than one."""
    verified = EmailAddress.objects.filter(email=email, verified=True)
    return bool(verified.exclude(user_id=but).exists())


def is_verified_by(user_id: int, email: str) -> bool:
    """Return whether it is this account that has verified an address."""
    return bool(EmailAddress.objects.filter(user_id=user_id, email=email, verified=True).exists())


def list_log_in_names(email: str, place: Place, *, verified_only: bool) -> list[str]:
    """
    Return the usernames of those whom a password may be meant for that comes with an address.

    That is the account that has verified it. Where none has, and addresses need not be verified, those who
    signed up with it; first those who have got in from here before, so that no stranger keeps them out.
    """
    verified = EmailAddress.objects.filter(email=email, verified=True)
    names = list(verified.values_list("user__username", flat=True))
    if names or verified_only:
        return names
    claimants = list(User.objects.filter(email=email).order_by("id").values_list("id", "username"))
    at_home = map_known([user_id for user_id, _ in claimants], place)
    claimants.sort(key=lambda claimant: claimant[0] not in at_home)
    return [username for _, username in claimants[:MOST_CLAIMANTS]]


def find_reset_target(email: str, place: Place, *, verified_only: bool) -> int | None:
    """
    Return the id of the open account for which a code may be mailed to an address, or None.

    That is the account that has verified it. Where none has, and addresses need not be verified, the one that
    signed up with it; of several the one that has got in from here before, for of two nobody else knows which
    is meant, and a stranger's must not be given away.
    """
    holder = EmailAddress.objects.filter(email=email, verified=True).values_list("user_id", "user__is_active")
    for user_id, is_active in holder:
        return user_id if is_active else None
    if verified_only:
        return None
    claimants = list(User.objects.filter(email=email, is_active=True).values_list("id", flat=True))
    if len(claimants) > 1:
        claimants = list(map_known(claimants, place))
    return claimants[0] if len(claimants) == 1 else None


def may_be_reset(user_id: int, email: str, *, verified_only: bool) -> bool:
    """Return whether a code that was mailed to an address may still reset this account."""
    holder = EmailAddress.objects.filter(email=email, verified=True).values_list("user_id", flat=True).first()
    if holder is not None or verified_only:
        return holder == user_id and User.objects.filter(id=user_id, is_active=True).exists()
    return User.objects.filter(id=user_id, email=email, is_active=True).exists()


def list_addresses_to_tell(user_id: int) -> tuple[list[str], list[str]]:
    """
    Return where a user hears of what was done: at all verified addresses, else at the primary one.

    The second list has that one: it may be a stranger's, who is told little, and seldom.
    """
    rows = EmailAddress.objects.filter(user_id=user_id).order_by("-primary", "id")
    verified = list(rows.filter(verified=True).values_list("email", flat=True))
    return verified, [] if verified else list(rows.filter(primary=True).values_list("email", flat=True))
