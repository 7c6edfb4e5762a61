"""Going private and public."""

from modules.graph.events import RequestsAnswered, WentPublic
from modules.graph.models import FollowCount
from modules.graph.schemas import Pending
from modules.graph.services.counts import lock_count
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import require_binding, writing_for


def set_private(user_id: int, is_private: bool, *, pending: Pending = "keep") -> None:
    """
    Let only those follow from now on to whom the user consents, or everybody.

    Followers stay. `pending` is what becomes of requests that are open when the user goes public: they are
    answered in parts, after this.
    """
    with writing_for(user_id):
        was_private = lock_count(user_id).is_private
        FollowCount.objects.of(user_id).update(is_private=is_private)
        if was_private and not is_private:
            outbox.record(WentPublic(user_id=user_id))
        if not is_private and pending != "keep":
            _answer_requests(user_id, are_accepted=pending == "accept")


def _answer_requests(user_id: int, *, are_accepted: bool) -> None:
    """Have every request answered that was made before now: ids are minted in the order of time."""
    with require_binding().connection.cursor() as cursor:
        cursor.execute("SELECT next_id(%s)", [shard_of(user_id)])
        (last,) = cursor.fetchone()
    outbox.record(
        RequestsAnswered(user_id=user_id, are_accepted=are_accepted, after_edge_id=0, last_edge_id=last)
    )
