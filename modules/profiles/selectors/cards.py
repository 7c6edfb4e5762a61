"""
Cards of users, as finished JSON.

They are kept in Redis under `user:{id}` and replaced by newer versions only. What is missing there is
drawn from the shards, one read per instance.
"""

from collections.abc import Iterable
from typing import NamedTuple

from modules.kernel.fragments import Drawn, Fragments
from modules.profiles.models import ACTIVE, Profile
from modules.profiles.schemas import UserCard
from sharding.ids import moment_of


class UserHead(NamedTuple):
    """What rules look at: whether the user may be shown."""

    status: int

    @property
    def is_shown(self) -> bool:
        """Return whether the card may be shown to anybody."""
        return self.status == ACTIVE


CARDS = Fragments("user", UserHead, layout="B", ttl=600)


def map_drawn(user_ids: Iterable[int]) -> dict[int, Drawn[UserHead]]:
    """Return each user's head and finished card, in the order asked; who is unknown or hidden is absent."""
    drawn = CARDS.get_many(user_ids, missing=draw_users)
    return {id: user for id, user in drawn.items() if user.head.is_shown}


def map_json(user_ids: Iterable[int]) -> dict[int, bytes]:
    """Return each user's finished card, in the order asked; who is unknown or hidden is absent."""
    return {id: user.json for id, user in map_drawn(user_ids).items()}


def draw_users(user_ids: Iterable[int]) -> dict[int, Drawn[UserHead]]:
    """
    Return head and card of each user from the shards, also of hidden ones. One read per instance.

    Of primaries: what is drawn is kept for everybody, and a replica behind would be believed for minutes.
    """
    rows = Profile.objects.gather(list(user_ids), on_primary=True)
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
