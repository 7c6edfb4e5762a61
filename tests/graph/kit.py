"""What the graph holds of somebody, read from its tables."""

from __future__ import annotations

from django.db import connections

from modules.graph.models import BlockIn, BlockOut, FollowCount, FollowIn, FollowOut
from modules.graph.services import audits
from sharding.ids import make_id
from tests.kit.delivery import aliases
from tests.kit.people import Person


def hear_nothing() -> None:
    """Forget what was announced so far."""
    for alias in aliases():
        with connections[alias].cursor() as cursor:
            cursor.execute("DELETE FROM outbox_event; DELETE FROM outbox_delivery")


def followings(person: Person) -> list[int]:
    """Return whom a person follows, by the authority."""
    return sorted(FollowOut.objects.of(person.id).on_primary().values_list("target_id", flat=True))


def followers(person: Person) -> list[int]:
    """Return who follows a person, by the mirror."""
    rows = FollowIn.objects.of(person.id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("follower_id", flat=True))


def sides(follower: Person, followee: Person) -> tuple[str | None, str | None]:
    """Return what the follower's and the followee's row say of two people."""
    out = FollowOut.objects.of(follower.id).on_primary().filter(target_id=followee.id).first()
    mirror = FollowIn.objects.of(followee.id).on_primary().filter(follower_id=follower.id).first()
    mine = None if out is None else "asks" if out.is_requested else "follows"
    if mirror is None:
        return mine, None
    return mine, "asks" if mirror.is_requested else "follows" if mirror.is_active else "ended"


def asked(person: Person) -> int:
    """Return how many open requests are counted of a person."""
    return FollowCount.objects.of(person.id).on_primary().values_list("requested", flat=True).first() or 0


def counts(person: Person) -> tuple[int, int]:
    """Return (followers, following)."""
    rows = FollowCount.objects.of(person.id).on_primary()
    return rows.values_list("followers", "following").first() or (0, 0)


def blocked(person: Person) -> list[int]:
    """Return whom a person blocks, by the authority."""
    return sorted(BlockOut.objects.of(person.id).on_primary().values_list("target_id", flat=True))


def blockers(person: Person) -> list[int]:
    """Return who blocks a person, by the mirror."""
    rows = BlockIn.objects.of(person.id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("blocker_id", flat=True))


def edge(number: int) -> int:
    """Return an edge id, the greater the later."""
    return make_id(number, 3, 0)


def edge_of(follower: Person, target: Person) -> int:
    """Return the id of an edge or a request, by the authority."""
    rows = FollowOut.objects.of(follower.id).on_primary().filter(target_id=target.id)
    return rows.values_list("edge_id", flat=True).get()


def differences(*people: Person) -> list[object]:
    """Return what audits find of these people."""
    ids = [person.id for person in people]
    compared = (audits.compare_following, audits.compare_followers, audits.compare_counts)
    return [each for compare in compared for each in compare(ids)]
