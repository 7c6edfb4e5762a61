"""Keeping the entry of a viewer's exceptions in step with the rows."""

from django.db.models import F

from modules.graph.events import TiesChanged
from modules.graph.models import FollowCount
from modules.graph.selectors.ties import TIES_KIND, render_ties
from modules.kernel.derived import derived
from sharding import outbox


def change_ties(user_id: int) -> None:
    """
    Count a change of a user's exceptions, and announce it.

    In the transaction of the change, with the user's counts locked; after it, `renew_ties.now(user_id)`.
    """
    FollowCount.objects.of(user_id).update(ties_version=F("ties_version") + 1)
    outbox.record(TiesChanged(user_id=user_id))


@derived(TiesChanged)
def renew_ties(user_id: int) -> None:
    """Put a user's exceptions of now into the cache; an older entry there gives way, a newer one stays."""
    TIES_KIND.put(render_ties([user_id]))
