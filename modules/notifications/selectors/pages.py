"""Pages of notifications: groups of the reader's shard, with the people and posts that they may see now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import orjson
from django.conf import settings
from django.db.backends.utils import CursorWrapper

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page
from modules.notifications.models import Group, Inbox
from modules.notifications.schemas import (
    ABOUT_POSTS,
    BY_POSTS,
    TYPES,
    NotificationActor,
    NotificationCard,
    NotificationPage,
    NotificationsQuery,
    ToldNotification,
)
from modules.posts import public as posts
from modules.posts.public import PageState, Visible
from sharding.ids import moment_of
from sharding.querysets import ShardedQuerySet
from sharding.scatter import read_per_instance

# Of each group the newest that count, a few more than are shown: the reader may not see all of them.
_NEWEST: Final = """
    SELECT found.*
    FROM unnest(%s::bigint[]) AS owner (user_id) CROSS JOIN unnest(%s::bigint[]) AS known (group_id)
    CROSS JOIN LATERAL (
        SELECT action.group_id, action.actor_id, action.post_id, action.reaction, action.action_id
        FROM notifications_action AS action
        WHERE action.user_id = owner.user_id AND action.group_id = known.group_id
            AND action.is_counted AND action.actor_id <> 0
        ORDER BY action.action_id DESC LIMIT %s) AS found"""


class _Done(NamedTuple):
    """That somebody did what a group tells of, and how."""

    group_id: int
    actor_id: int
    post_id: int
    reaction: str
    action_id: int


def list_notifications(
    query: NotificationsQuery, paging: Paging, *, viewer: Viewer
) -> Rendered[NotificationPage]:
    """
    Return a page of the viewer's notifications, those with the newest news first.

    What tells of nobody and nothing that they may see now is left out; the page is not filled again.
    """
    page = keyset.page(_list_groups(viewer.id, query), paging, "last_id", at=lambda group: group.last_id)
    state = PageState(viewer.id)
    cards, visible = _show(page.rows, viewer, state)
    return _build(cards, visible, state, next=page.next, prev=page.prev)


def map_notifications(group_ids: Collection[int], *, viewer: Viewer) -> dict[int, ToldNotification]:
    """
    Return those of the viewer's notifications that the list would show them now, for who pushes or mails.

    Absent is what was withdrawn or removed, and what tells of nobody and nothing that they may see.

    :raises InstanceUnavailable: if nobody can tell now what they may see
    """
    groups = Group.objects.of(viewer.id).filter(id__in=group_ids, actor_count__gt=0, is_removed=False)
    cards, visible = _show(list(groups), viewer, None)
    for why in visible.unavailable.values():
        raise why
    return {
        card.id: ToldNotification(
            card=card, actor_names=[_read_name(visible.users[each.user_id]) for each in card.actors]
        )
        for card in cards
    }


def _show(
    groups: Sequence[Group], viewer: Viewer, state: PageState | None
) -> tuple[list[NotificationCard], Visible]:
    """Return the cards of those groups that the viewer may be told of, and what they may see of all."""
    done = _map_newest(viewer.id, [group.id for group in groups])
    visible = posts.map_visible(
        _posts_of(groups, done),
        viewer=viewer,
        author_ids={each.actor_id for some in done.values() for each in some},
        state=state,
    )
    seen_id = _find_seen(viewer.id)
    cards = [
        _to_card(group, shown, seen_id=seen_id)
        for group in groups
        if (shown := _select_shown(group, done.get(group.id, []), visible)) is not None
    ]
    return cards, visible


def _read_name(card: bytes) -> str:
    user: dict[str, str] = orjson.loads(card)
    return user["display_name"] or user["username"]


def _list_groups(user_id: int, query: NotificationsQuery) -> ShardedQuerySet[Group]:
    """Return a user's groups; each choice has an index of its own, whose condition this is."""
    rows = Group.objects.of(user_id).filter(actor_count__gt=0, is_removed=False)
    if query.state == "unread":
        rows = rows.filter(is_read=False)
    return rows if query.type is None else rows.filter(type=TYPES.index(query.type))


def _map_newest(user_id: int, group_ids: list[int]) -> dict[int, list[_Done]]:
    """Return the newest who did what groups tell of, newest first: one read, however many groups."""

    def read(cursor: CursorWrapper, owners: list[int]) -> list[_Done]:
        cursor.execute(_NEWEST, [owners, group_ids, settings.NOTIFICATIONS.read_actors])
        return [_Done(*row) for row in cursor.fetchall()]

    found: dict[int, list[_Done]] = defaultdict(list)
    for each in sorted(read_per_instance([user_id], read), key=lambda each: -each.action_id):
        found[each.group_id].append(each)
    return found


def _find_seen(user_id: int) -> int:
    return Inbox.objects.of(user_id).values_list("seen_id", flat=True).first() or 0


def _posts_of(groups: Iterable[Group], done: Mapping[int, Sequence[_Done]]) -> list[int]:
    """Return the posts that groups are about, and those by which it was done, once each."""
    about = [group.subject_id for group in groups if group.type in ABOUT_POSTS]
    by = [each.post_id for some in done.values() for each in some if each.post_id]
    return list(dict.fromkeys([*about, *by]))


def _select_shown(group: Group, done: Sequence[_Done], visible: Visible) -> list[_Done] | None:
    """Return those of whom the viewer may be told of, or None if there is nothing left to tell."""
    if group.type in ABOUT_POSTS and group.subject_id not in visible.posts:
        return None
    shown = [
        each
        for each in done
        if each.actor_id in visible.users
        and not visible.viewer.is_silent_about(each.actor_id)
        and (group.type not in BY_POSTS or each.post_id in visible.posts)
    ]
    return shown[: settings.NOTIFICATIONS.shown_actors] if shown or not done else None


def _to_card(group: Group, shown: Sequence[_Done], *, seen_id: int) -> NotificationCard:
    return NotificationCard(
        id=group.id,
        last_id=group.last_id,
        type=TYPES[group.type],
        post_id=group.subject_id if group.type in ABOUT_POSTS else None,
        actors=[_to_actor(each) for each in shown],
        actor_count=group.actor_count if shown else 0,
        name=group.name or None,
        data=group.data,
        is_seen=group.is_read or group.last_id <= seen_id,
        is_read=group.is_read,
        created_at=moment_of(group.id),
        updated_at=moment_of(group.last_id),
    )


def _to_actor(done: _Done) -> NotificationActor:
    return NotificationActor(
        user_id=done.actor_id,
        post_id=done.post_id or None,
        reaction=done.reaction or None,
        at=moment_of(done.action_id),
    )


def _build(
    cards: Sequence[NotificationCard],
    visible: Visible,
    state: PageState,
    *,
    next: str | None,
    prev: str | None,
) -> Rendered[NotificationPage]:
    """Put cards side by side, with the people and posts that they name and no others."""
    named = {id for card in cards for id in (card.post_id, *(each.post_id for each in card.actors)) if id}
    shown = {id: post for id, post in visible.posts.items() if id in named}
    included = posts.build_included(shown, visible.users, visible.originals, state)
    included["posts"] = {**included["posts"], **{id: post.json for id, post in shown.items()}}
    actor_ids = dict.fromkeys(each.user_id for card in cards for each in card.actors)
    included["users"] = {**included["users"], **{id: visible.users[id] for id in actor_ids}}
    return render_page(
        NotificationPage,
        data=[card.json_bytes() for card in cards],
        included=included,
        state=state.json_of({**shown, **visible.originals}),
        next=next,
        prev=prev,
        partial=bool(visible.unavailable) or state.is_partial,
    )
