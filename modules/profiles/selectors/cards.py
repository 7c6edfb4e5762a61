"""
Cards of users, as finished JSON.

They are kept in Redis under `user:{id}` and replaced by newer versions only. What is missing there is
drawn from the shards, one read per instance.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from modules.graph.schemas import Viewer
from modules.kernel.fragments import Drawn, Fragments
from modules.profiles.models import ACTIVE, Profile
from modules.profiles.schemas import UserCard
from sharding.ids import moment_of
from sharding.scatter import Unavailable


class UserHead(NamedTuple):
    """What decides who may see a user."""

    status: int


CARDS = Fragments("user", UserHead, layout="B", ttl=600)


def allows(viewer: Viewer, user_id: int, head: UserHead) -> bool:
    """Return whether a viewer may see a user; what stands between the two of them will be asked here."""
    return head.status == ACTIVE


def select_visible(drawn: Mapping[int, Drawn[UserHead]], *, viewer: Viewer) -> dict[int, Drawn[UserHead]]:
    """Return those of the users whom the viewer may see."""
    page = viewer.among(drawn.keys())
    return {id: user for id, user in drawn.items() if allows(page, id, user.head)}


def map_drawn(
    user_ids: Iterable[int], *, viewer: Viewer, unavailable: Unavailable | None = None
) -> dict[int, Drawn[UserHead]]:
    """
    Return head and finished card of each user in the order asked; whom the viewer may not see is absent.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    drawn = CARDS.get_many(user_ids, missing=partial(draw_users, unavailable=unavailable))
    return select_visible(drawn, viewer=viewer)


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
