"""The audits of profiles: every account has one that agrees with it, and every profile an account."""

from collections.abc import Iterator, Sequence

from modules.accounts import public as accounts
from modules.profiles.models import ACTIVE, Profile
from modules.profiles.services.profiles import create_profile, set_profile_visibility
from sharding import audits
from sharding.audits import Audit, Difference

MISSING, STATUS, USERNAME, ACCOUNT = (
    "profile_missing",
    "status_differs",
    "username_differs",
    "account_missing",
)


def compare_accounts(user_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the accounts whose profile is missing, or shows another status or name."""
    profiles = {
        profile.user_id: profile
        for profile in Profile.objects.gather(user_ids, by="user_id", on_primary=True)
    }
    for user_id, identity in accounts.map_identities(user_ids).items():
        profile = profiles.get(user_id)
        if profile is None:
            yield Difference(user_id, MISSING, told_by=(user_id,))
            continue
        if (profile.status == ACTIVE) != identity.is_active:
            yield Difference(user_id, STATUS, known=(profile.version,), told_by=(user_id,))
        if profile.username != identity.username:
            yield Difference(
                user_id, USERNAME, known=(profile.username, identity.username), told_by=(user_id,)
            )


def compare_profiles(user_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the profiles without an account: the directory is older than the instance they are on."""
    known = accounts.map_identities(user_ids)
    for user_id in user_ids:
        if user_id not in known:
            yield Difference(user_id, ACCOUNT, told_by=(user_id,))


def repair_accounts(differences: Sequence[Difference]) -> int:
    """Make profiles as their accounts say; a name is nobody's to change. Return how many."""
    identities = accounts.map_identities([each.owner_id for each in differences])
    mended = 0
    for each in differences:
        if each.kind == USERNAME or each.owner_id not in identities:
            continue
        if each.kind == MISSING:
            create_profile(each.owner_id, once=None)
        set_profile_visibility(each.owner_id, is_active=identities[each.owner_id].is_active, once=None)
        mended += 1
    return mended


audits.register(Audit("profiles.accounts", accounts.list_account_ids, compare_accounts, repair_accounts))
audits.register(Audit("profiles.profiles", audits.owners_of(Profile), compare_profiles, lambda found: 0))
