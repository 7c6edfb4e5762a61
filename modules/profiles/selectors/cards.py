"""
Cards of users, as finished JSON.

They are kept in Redis under `user:{id}` and replaced by newer versions only. What is missing there is
rendered from the shards, one read per instance.
"""

from collections.abc import Iterable, Mapping

from modules.graph.schemas import Viewer
from modules.kernel.cards import CardKind, RenderedCard, register
from modules.profiles.models import ACTIVE, Profile
from modules.profiles.schemas import USER, USER_LAYOUT, UserCard, UserHead
from sharding.ids import moment_of
from sharding.scatter import Unavailable


def allows(viewer: Viewer, user_id: int, head: UserHead) -> bool:
    """
    Return whether a viewer may see a user; what stands between the two of them will be asked here.

    Who is logged in is not gone: their own card is hidden only until the news of a reopening has arrived.
    """
    return head.status == ACTIVE or user_id == viewer.id


def select_visible(
    cards: Mapping[int, RenderedCard[UserHead]], *, viewer: Viewer
) -> dict[int, RenderedCard[UserHead]]:
    """Return those of the users whom the viewer may see."""
    page = viewer.among(cards.keys())
    return {id: user for id, user in cards.items() if allows(page, id, user.head)}


def map_cards(
    user_ids: Iterable[int], *, viewer: Viewer, unavailable: Unavailable | None = None
) -> dict[int, RenderedCard[UserHead]]:
    """
    Return head and finished card of each user in the order asked; whom the viewer may not see is absent.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    return select_visible(USERS.get_many(user_ids, unavailable=unavailable), viewer=viewer)


def render_users(
    user_ids: Iterable[int], *, unavailable: Unavailable | None = None
) -> dict[int, RenderedCard[UserHead]]:
    """
    Return head and card of each user from the shards, also of hidden ones. One read per instance.

    Of primaries: what is rendered is kept for everybody, and a replica behind would be believed for minutes.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    rows = Profile.objects.gather(list(user_ids), on_primary=True, unavailable=unavailable)
    return {profile.user_id: render(profile) for profile in rows}


def render(profile: Profile) -> RenderedCard[UserHead]:
    """Return head and card of a row."""
    return RenderedCard(UserHead(profile.status), to_card(profile).json_bytes(), profile.version)


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


USERS = register(CardKind(USER, USER_LAYOUT, ttl=600, render=render_users))
