"""
Cards of users, as finished JSON.

They are kept in Redis under `user:{id}` and replaced by newer versions only. What is missing there is
drawn from the shards, one read per instance.
"""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from modules.kernel.fragments import Drawn, Fragments
from modules.profiles.models import ACTIVE, Profile
from modules.profiles.schemas import UserCard
from sharding.ids import moment_of
from sharding.scatter import Unavailable


class UserHead(NamedTuple):
    """What rules look at: whether the user may be shown."""

    status: int

    @property
    def is_shown(self) -> bool:
        """Return whether the card may be shown to anybody."""
        return self.status == ACTIVE


CARDS = Fragments("user", UserHead, layout="B", ttl=600)


def map_drawn(
    user_ids: Iterable[int], *, unavailable: Unavailable | None = None
) -> dict[int, Drawn[UserHead]]:
    """
    Return each user's head and finished card, in the order asked; who is unknown or hidden is absent.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    drawn = CARDS.get_many(user_ids, missing=partial(draw_users, unavailable=unavailable))
    return {id: user for id, user in drawn.items() if user.head.is_shown}


def map_json(user_ids: Iterable[int], *, unavailable: Unavailable | None = None) -> dict[int, bytes]:
    """
    Return each user's finished card, in the order asked; who is unknown or hidden is absent.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    return {id: user.json for id, user in map_drawn(user_ids, unavailable=unavailable).items()}


def draw_users(
    user_ids: Iterable[int], *, unavailable: Unavailable | None = None
) -> dict[int, Drawn[UserHead]]:
    """
    Return head and card of each user from the shards, also of hidden ones. One read per instance.

    Of primaries: what is drawn is kept for everybody, and a replica behind would be believed for minutes.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    rows = Profile.objects.gather(list(user_ids), on_primary=True, unavailable=unavailable)
    return {profile.user_id: draw(profile) for profile in rows}


def draw(profile: Profile) -> Drawn[UserHead]:
    """Return head and card of a row."""
    return Drawn(UserHead(profile.status), to_card(profile).json_bytes(), profile.version)


def to_card(profile: Profile) -> UserCard:
    """Return the card of a row."""
    return UserCard(
        id=profile.user_id,
        username=profile.username,
        display_name=profile.display_name,
        bio=profile.bio,
        custom=profile.custom,
        joined_at=moment_of(profile.user_id),
    )
