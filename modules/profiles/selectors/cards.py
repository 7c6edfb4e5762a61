"""
Cards of users, as finished JSON.

They are kept in Redis under `user:{id}` and replaced by newer versions only. What is missing there is
rendered from the shards, one read per instance; and of who has no profile yet, from the account.
"""

from collections.abc import Collection, Iterable, Mapping

from modules.accounts import public as accounts
from modules.accounts.schemas import Identity
from modules.graph.schemas import Viewer
from modules.kernel.cards import CardKind, RenderedCard, load, register
from modules.media import public as media
from modules.profiles.models import ACTIVE, CLOSED, Profile
from modules.profiles.schemas import USER, USER_LAYOUT, UserCard, UserHead
from sharding.errors import InstanceUnavailable
from sharding.ids import moment_of
from sharding.scatter import Unavailable


def allows(viewer: Viewer, user_id: int, head: UserHead) -> bool:
    """
    Return whether a viewer may see a user, in whatever list; whoever blocks the other, neither sees them.

    Who is logged in is not gone: their own card is hidden only until the news of a reopening has arrived.
    """
    return user_id == viewer.id or (head.status == ACTIVE and not viewer.hides(user_id))


def allows_opening(viewer: Viewer, user_id: int, head: UserHead) -> bool:
    """Return whether a viewer may open a user's card: also that of somebody they block, to unblock them."""
    return user_id == viewer.id or (head.status == ACTIVE and not viewer.is_blocked_by(user_id))


def admits(viewer: Viewer, user_id: int, head: UserHead) -> bool:
    """
    Return whether a viewer may see what belongs to a user whom they may see: their posts, and their lists.

    Only of a private account the viewer is asked whether they follow it.
    """
    return not head.is_private or user_id == viewer.id or viewer.follows(user_id)


def select_visible(
    cards: Mapping[int, RenderedCard[UserHead]], *, viewer: Viewer, opening: bool = False
) -> dict[int, RenderedCard[UserHead]]:
    """Return those of the users whom the viewer may see, or may open."""
    page = viewer.among(cards.keys())
    rule = allows_opening if opening else allows
    return {id: user for id, user in cards.items() if rule(page, id, user.head)}


def map_cards(
    user_ids: Collection[int],
    *,
    viewer: Viewer,
    unavailable: Unavailable | None = None,
    opening: bool = False,
) -> dict[int, RenderedCard[UserHead]]:
    """
    Return head and finished card of each user in the order asked; whom the viewer may not see is absent.

    `opening` is for doors that a blocker needs to unblock somebody: there they see whom they block.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason;
        in any case if the viewer's exceptions cannot be read
    """
    # Nothing stands between anybody and themselves.
    lacks = {} if list(user_ids) == [viewer.id] else viewer.lacks
    loaded = load({USER: user_ids, **lacks}, unavailable=unavailable)
    viewer.learn(loaded, unavailable or {})
    return select_visible(loaded[USER], viewer=viewer, opening=opening)


def render_users(
    user_ids: Iterable[int], *, unavailable: Unavailable | None = None
) -> dict[int, RenderedCard[UserHead]]:
    """
    Return head and card of each user from the shards, also of hidden ones. One read per instance.

    The profile of a new account is made when the news of it is delivered; what they do until then is seen as
    well, so the directory is asked of those who have no row.

    Of primaries: what is rendered is kept for everybody, and a replica behind would be believed for minutes.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    wanted = list(user_ids)
    rows = Profile.objects.gather(wanted, on_primary=True, unavailable=unavailable)
    rendered = {profile.user_id: render(profile) for profile in rows}
    without = [id for id in wanted if id not in rendered and not (unavailable and id in unavailable)]
    return rendered | _render_accounts(without, unavailable=unavailable) if without else rendered


def _render_accounts(
    user_ids: list[int], *, unavailable: Unavailable | None
) -> dict[int, RenderedCard[UserHead]]:
    """Return what their profiles will be when they are made: so of the first version. One read for all."""
    try:
        found = accounts.map_identities(user_ids)
    except InstanceUnavailable as error:
        if unavailable is None:
            raise
        unavailable |= dict.fromkeys(user_ids, error)
        return {}
    return {id: _render_account(account) for id, account in found.items()}


def _render_account(account: Identity) -> RenderedCard[UserHead]:
    card = UserCard(
        id=account.id,
        username=account.username,
        display_name=account.username,
        bio="",
        custom={},
        avatar=None,
        cover=None,
        is_private=False,
        joined_at=moment_of(account.id),
    )
    head = UserHead(ACTIVE if account.is_active else CLOSED, is_private=False)
    return RenderedCard(head, card.json_bytes(), 1)


def render(profile: Profile) -> RenderedCard[UserHead]:
    """Return head and card of a row."""
    head = UserHead(profile.status, profile.is_private)
    return RenderedCard(head, to_card(profile).json_bytes(), profile.version)


def to_card(profile: Profile) -> UserCard:
    """Return the card of a row."""
    return UserCard(
        id=profile.user_id,
        username=profile.username,
        display_name=profile.display_name,
        bio=profile.bio,
        custom=profile.custom,
        avatar=media.to_picture(profile.avatar),
        cover=media.to_picture(profile.cover),
        is_private=profile.is_private,
        joined_at=moment_of(profile.user_id),
    )


USERS = register(CardKind(USER, USER_LAYOUT, ttl=600, render=render_users))
