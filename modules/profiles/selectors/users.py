"""Users as answers: cards, with their counts beside them."""

from collections.abc import Collection, Sequence

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.graph.public import UserNotFound
from modules.graph.schemas import EdgePage, Viewer
from modules.kernel.cursors import Paging
from modules.kernel.fragments import Drawn
from modules.profiles.models import ACTIVE
from modules.profiles.schemas import MeView, Settings, UserBatch, UserCard, UserPage, UserView
from modules.profiles.selectors.cards import UserHead, map_drawn
from sharding.ids import moment_of
from sharding.scatter import Unavailable


def get_user(user_id: int, *, viewer: Viewer) -> UserView:
    """
    Return one user.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    """
    user = map_drawn([user_id], viewer=viewer).get(user_id)
    if user is None:
        raise UserNotFound
    state = graph.map_counts([user_id])
    return UserView.spliced(data=user.json, state=state, version=user.version)


def get_user_by_name(username: str, *, viewer: Viewer) -> UserView:
    """
    Return the user of a name, in whatever case it is written.

    :raises UserNotFound: if nobody has the name
    """
    user_id = accounts.find_user_id(username)
    if user_id is None:
        raise UserNotFound
    return get_user(user_id, viewer=viewer)


def get_me(viewer: Viewer) -> MeView:
    """
    Return the viewer's own profile; drawn from the account in the moment before the profile is made.

    :raises UserNotFound: if the account is gone
    """
    user = map_drawn([viewer.id], viewer=viewer).get(viewer.id)
    return lay_me(user or _draw_account(viewer.id), viewer=viewer)


def list_users(user_ids: Sequence[int], *, viewer: Viewer) -> UserBatch:
    """Return these users in the order asked; those unknown, hidden or not to be read are missing."""
    unavailable: Unavailable = {}
    cards = map_drawn(user_ids, viewer=viewer, unavailable=unavailable)
    missing = [id for id in user_ids if id not in cards]
    page = _lay_page(cards, unavailable, missing=missing)
    return UserBatch.of(page, unavailable=[id for id in missing if id in unavailable])


def list_followers(user_id: int, paging: Paging, *, viewer: Viewer) -> UserPage:
    """
    Return a page of those who follow a user, newest first.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    """
    return _list_edges(graph.list_followers(user_id, paging), user_id, viewer=viewer)


def list_following(user_id: int, paging: Paging, *, viewer: Viewer) -> UserPage:
    """
    Return a page of those whom a user follows, newest first.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    """
    return _list_edges(graph.list_following(user_id, paging), user_id, viewer=viewer)


def lay_me(user: Drawn[UserHead], *, viewer: Viewer) -> MeView:
    """Return the viewer's own card as only they see it."""
    own = graph.get_own_counts(viewer.id)
    view = UserView.spliced(data=user.json, state={viewer.id: own.counts}, version=user.version)
    return MeView.of(view, settings=Settings(hide_counts=own.are_hidden))


def _list_edges(page: EdgePage, user_id: int, *, viewer: Viewer) -> UserPage:
    """Return the cards of a page of edges; whether its owner may be seen, the same round trip tells."""
    unavailable: Unavailable = {}
    ids = [user_id, *(edge.user_id for edge in page.edges)]
    cards = map_drawn(ids, viewer=viewer, unavailable=unavailable)
    if user_id in unavailable:
        raise unavailable[user_id]
    if cards.pop(user_id, None) is None:
        raise UserNotFound
    missing = [edge.user_id for edge in page.edges if edge.user_id in unavailable]
    return _lay_page(cards, unavailable, missing=missing, next=page.next, prev=page.prev)


def _lay_page(
    cards: dict[int, Drawn[UserHead]],
    unavailable: Unavailable,
    *,
    missing: Collection[int],
    next: str | None = None,
    prev: str | None = None,
) -> UserPage:
    """Return cards with their counts; a card whose counts cannot be read is shown without."""
    state = graph.map_counts(cards, unavailable=unavailable)
    return UserPage.spliced(
        data=[card.json for card in cards.values()],
        state=state,
        next=next,
        prev=prev,
        partial=bool(unavailable),
        missing=missing,
    )


def _draw_account(user_id: int) -> Drawn[UserHead]:
    """Return what the profile will be when it is made: so its version is the first one."""
    account = accounts.map_identities([user_id]).get(user_id)
    if account is None:
        raise UserNotFound
    card = UserCard(
        id=user_id,
        username=account.username,
        display_name=account.username,
        bio="",
        custom={},
        joined_at=moment_of(user_id),
    )
    return Drawn(UserHead(ACTIVE), card.json_bytes(), 1)
