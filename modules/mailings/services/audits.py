"""The audit of digests: whether what was heard of people's wishes is what they are."""

from collections.abc import Iterator, Sequence

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.mailings.models import Subscription
from modules.mailings.services.subscriptions import hear_preferences
from modules.notifications import public as notifications
from modules.notifications.schemas import DIGESTS
from sharding import audits
from sharding.audits import Audit, Difference


def compare_wishes(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield users who want digests otherwise than was heard, in how often or in which zone."""
    wishes = notifications.map_digest_wishes(owner_ids)
    rows = {row.user_id: row for row in Subscription.objects.gather(owner_ids, by="user_id", on_primary=True)}
    for user_id, wish in wishes.items():
        row = rows.get(user_id)
        digest = DIGESTS.index(wish.digest)
        heard = (row.digest, row.heard_zone) if row else (DIGESTS.index("off"), wish.time_zone)
        if heard != (digest, wish.time_zone):
            yield Difference(user_id, "wish_not_heard", known=(digest, wish.time_zone))


def repair_wishes(differences: Sequence[Difference]) -> int:
    """Hear what was not heard; return how many."""
    for each in differences:
        hear_preferences(each.owner_id, now=clock.now())
    return len(differences)


# Also how people who wanted digests before there were any get theirs.
audits.register(Audit("mailings.wishes", accounts.list_account_ids, compare_wishes, repair_wishes))
