"""Users as answers: cards, with their counts beside them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.graph.public import AccountPrivate, UserNotFound
from modules.graph.schemas import EdgePage, RelationshipPage, Viewer
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page, render_single
from modules.profiles.schemas import MeView, Settings, UserBatch, UserHead, UserPage, UserView
from modules.profiles.selectors.cards import admits, map_cards
from sharding.scatter import Unavailable


def get_user(user_id: int, *, viewer: Viewer) -> Rendered[UserView]:
    """
    Return one user; whom the viewer blocks they may still open, to unblock them.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    """
    user = map_cards([user_id], viewer=viewer, opening=True).get(user_id)
    if user is None:
        raise UserNotFound
    state = graph.map_counts([user_id])
    return render_single(UserView, data=user.json, included={}, state=state, version=user.version)


def get_user_by_name(username: str, *, viewer: Viewer) -> Rendered[UserView]:
    """
    Return the user of a name, in whatever case it is written.

    :raises UserNotFound: if nobody has the name
    """
    user_id = accounts.find_user_id(username)
    if user_id is None:
        raise UserNotFound
    return get_user(user_id, viewer=viewer)


def get_me(viewer: Viewer) -> Rendered[MeView]:
    """
    Return the viewer's own profile.

    :raises UserNotFound: if the account is gone
    """
    user = map_cards([viewer.id], viewer=viewer).get(viewer.id)
    if user is None:
        raise UserNotFound
    return build_me(user, viewer=viewer)


def list_users(user_ids: Sequence[int], *, viewer: Viewer) -> Rendered[UserBatch]:
    """Return these users in the order asked; those unknown, hidden or not to be read are missing."""
    unavailable: Unavailable = {}
    cards = map_cards(user_ids, viewer=viewer, unavailable=unavailable)
    missing = [id for id in user_ids if id not in cards]
    # A card whose counts cannot be read is shown without.
    state = graph.map_counts(cards, unavailable=unavailable)
    return render_page(
        UserBatch,
        data=[card.json for card in cards.values()],
        included={},
        state=state,
        partial=bool(unavailable),
        missing=missing,
        unavailable=[id for id in missing if id in unavailable],
    )


def list_followers(user_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """
    Return a page of those who follow a user, newest first.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises AccountPrivate: if the user's lists are not for the viewer
    """
    return _list_edges(graph.list_followers(user_id, paging), user_id, viewer=viewer)


def list_following(user_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """
    Return a page of those whom a user follows, newest first.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises AccountPrivate: if the user's lists are not for the viewer
    """
    return _list_edges(graph.list_following(user_id, paging), user_id, viewer=viewer)


def list_follow_requests(paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """Return a page of those who wait for the viewer's consent, newest first."""
    page = graph.list_follow_requests(viewer.id, paging)
    unavailable: Unavailable = {}
    cards = map_cards([edge.user_id for edge in page.edges], viewer=viewer, unavailable=unavailable)
    return _build_page(page, cards, unavailable)


def list_relationships(user_ids: Sequence[int], *, viewer: Viewer) -> RelationshipPage:
    """Return how the viewer stands with these users, in the order asked; who may not be opened is missing."""
    unavailable: Unavailable = {}
    shown = map_cards(user_ids, viewer=viewer, unavailable=unavailable, opening=True).keys()
    return RelationshipPage.plain(
        list(graph.map_relationships(viewer.id, shown).values()),
        partial=bool(unavailable),
        missing=[id for id in user_ids if id not in shown],
    )


def build_me(user: RenderedCard[UserHead], *, viewer: Viewer) -> Rendered[MeView]:
    """Return the viewer's own card as only they see it."""
    own = graph.get_own_counts(viewer.id)
    return render_single(
        MeView,
        data=user.json,
        included={},
        state={viewer.id: own.counts},
        version=user.version,
        fields={"settings": Settings(hide_counts=own.are_hidden)},
    )


def list_blocks(paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """Return a page of those whom the viewer blocks, newest first."""
    page = graph.list_blocks(viewer.id, paging)
    unavailable: Unavailable = {}
    ids = [edge.user_id for edge in page.edges]
    cards = map_cards(ids, viewer=viewer, unavailable=unavailable, opening=True)
    return _build_page(page, cards, unavailable)


def list_mutes(paging: Paging, *, viewer: Viewer, now: datetime) -> Rendered[UserPage]:
    """Return a page of those whom the viewer mutes, newest first; who is blocked as well is left out."""
    page = graph.list_mutes(viewer.id, paging, now=now)
    unavailable: Unavailable = {}
    cards = map_cards([edge.user_id for edge in page.edges], viewer=viewer, unavailable=unavailable)
    return _build_page(page, cards, unavailable)


def _list_edges(page: EdgePage, user_id: int, *, viewer: Viewer) -> Rendered[UserPage]:
    """Return the cards of a page of edges; whether its owner may be seen, the same round trip tells."""
    unavailable: Unavailable = {}
    ids = [user_id, *(edge.user_id for edge in page.edges)]
    cards = map_cards(ids, viewer=viewer, unavailable=unavailable)
    if user_id in unavailable:
        raise unavailable[user_id]
    if (owner := cards.pop(user_id, None)) is None:
        raise UserNotFound
    if not admits(viewer.among({user_id}), user_id, owner.head):
        raise AccountPrivate
    return _build_page(page, cards, unavailable)


def _build_page(
    page: EdgePage, cards: Mapping[int, RenderedCard[UserHead]], unavailable: Unavailable
) -> Rendered[UserPage]:
    """Put the cards of a page of edges side by side, with their counts."""
    ids, shown = [edge.user_id for edge in page.edges], {id: card.json for id, card in cards.items()}
    return build_user_page(ids, shown, next=page.next, prev=page.prev, unavailable=unavailable)


def build_user_page(
    user_ids: Sequence[int],
    users: Mapping[int, bytes],
    *,
    next: str | None,
    prev: str | None,
    unavailable: Unavailable,
) -> Rendered[UserPage]:
    """
    Return a page of these people in this order, of whom finished cards are among `users`, with their counts.

    One whose counts cannot be read is shown without.
    """
    shown = {id: users[id] for id in user_ids if id in users}
    missing = [id for id in user_ids if id in unavailable and id not in shown]
    state = graph.map_counts(shown, unavailable=unavailable)
    return render_page(
        UserPage,
        data=list(shown.values()),
        included={},
        state=state,
        next=next,
        prev=prev,
        partial=bool(unavailable),
        missing=missing,
    )
