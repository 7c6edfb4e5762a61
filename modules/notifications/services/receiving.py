"""
Receiving: what happened becomes what its recipient is notified of, many facts in one transaction.

Whether they may see it is asked before, as any reader would; and what must hold exactly (that no block or
mute stands between the two, that the post is there) under the lock, from rows of the same shard. So what
ends later finds it, whoever comes first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings

from modules.graph import public as graph
from modules.notifications.models import Inbox, MutedThread
from modules.notifications.schemas import ABOUT_OWN_POSTS, ANNOUNCED_AGAIN, MENTION, TYPES
from modules.notifications.services.announcing import announce_change
from modules.notifications.services.facts import Fact
from modules.notifications.services.tables import first_id_at, load, lock_inbox, store
from modules.posts import public as posts
from sharding.ids import mint_ids, shard_of
from sharding.scope import Write, writing_for


def receive(facts: Iterable[Fact], *, now: datetime) -> None:
    """
    Notify everybody whom these facts concern, or withdraw that; nobody is told of what they did themselves.

    Where no recipient is named it is the author of the post that a fact is about. A repeat changes nothing,
    nor does what is older than what is known: facts tell that by themselves.

    :raises InstanceUnavailable: if nobody can tell now what somebody may see, or their shard is away
    """
    by_user: dict[int, list[Fact]] = defaultdict(list)
    forgotten = first_id_at(now - settings.NOTIFICATIONS.kept_for)
    for fact in _name_recipients(list(facts)):
        if fact.user_id != fact.key.actor_id and not _is_forgotten(fact, forgotten):
            by_user[fact.user_id].append(fact)
    for user_id, mine in by_user.items():
        if mine := _admit(user_id, mine):
            with writing_for(user_id) as write:
                apply(write, mine, now=now)


def apply(write: Write, facts: Sequence[Fact], *, now: datetime) -> None:
    """
    Bring one user's notifications to what facts say, inside the write for them, and announce the change.

    At most twelve statements, however many facts there are.
    """
    user_id = write.owner_id
    inbox = lock_inbox(user_id)
    facts = _select_wanted(inbox, facts, now=now)
    if not facts:
        return
    gathered = load(user_id, facts, now=now)
    news = [fact for fact in facts if gathered.is_news(fact)]
    if not news:
        return
    before = gathered.count(inbox.seen_id)
    gathered.apply(news, iter(mint_ids(shard_of(user_id), 2 * len(news), using=write.alias)))
    store(user_id, gathered)
    after = gathered.count(inbox.seen_id)
    if gathered.touched_groups:
        announce_change(
            inbox,
            unseen=inbox.unseen + after.unseen - before.unseen,
            unread=inbox.unread + after.unread - before.unread,
            group_ids=sorted(gathered.told),
        )


def _name_recipients(facts: list[Fact]) -> list[Fact]:
    """Return facts with the authors of their posts where news does not say them; of purged posts none."""
    unnamed = {fact.key.subject_id for fact in facts if not fact.user_id}
    authors = posts.map_authors(unnamed) if unnamed else {}
    named = (fact if fact.user_id else _of_author(fact, authors) for fact in facts)
    return [fact for fact in named if fact.user_id]


def _of_author(fact: Fact, authors: Mapping[int, int]) -> Fact:
    return fact._replace(user_id=authors.get(fact.key.subject_id, 0))


def _is_forgotten(fact: Fact, before: int) -> bool:
    """Return whether a fact is too old to be news: it may have been forgotten, and an audit says it again."""
    return fact.is_active and fact.key.type in ANNOUNCED_AGAIN and fact.edge_id < before


def _admit(user_id: int, facts: list[Fact]) -> list[Fact]:
    """
    Return the facts without those that tell of what the user may not see: who did it, and by which post.

    Their own posts they may, and what is over is told to nobody.
    """
    new = [fact for fact in facts if fact.is_active]
    actor_ids = {fact.key.actor_id for fact in new} - {0}
    if not actor_ids:
        return facts
    post_ids = {shown for fact in new if (shown := _shown_by(fact))}
    visible = posts.map_visible(post_ids, viewer=graph.viewer_of(user_id), author_ids=actor_ids)
    for id in (*post_ids, *actor_ids):
        if id in visible.unavailable:
            raise visible.unavailable[id]
    return [
        fact
        for fact in facts
        if not fact.is_active
        or fact.key.actor_id == 0
        or (
            fact.key.actor_id in visible.users and ((shown := _shown_by(fact)) == 0 or shown in visible.posts)
        )
    ]


def _shown_by(fact: Fact) -> int:
    """Return the post of somebody else's that a fact would show, or 0."""
    return fact.key.subject_id if fact.key.type == MENTION else fact.key.post_id


def _select_wanted(inbox: Inbox, facts: Sequence[Fact], *, now: datetime) -> list[Fact]:
    """Return the facts without what the user does not want to hear of, or not from them, and what is gone."""
    new = [fact for fact in facts if fact.is_active]
    if not new:
        return list(facts)
    user_id = inbox.user_id
    actor_ids = {fact.key.actor_id for fact in new} - {0}
    silenced = graph.list_silenced(user_id, actor_ids, now=now) if actor_ids else set()
    own = {fact.key.subject_id for fact in new if fact.key.type in ABOUT_OWN_POSTS}
    gone = own - posts.list_live(user_id, own) if own else set()
    roots = {fact.root_id for fact in new} - {0}
    muted = _list_muted(user_id, roots) if roots else set()
    return [
        fact
        for fact in facts
        if not fact.is_active
        or not (
            fact.key.actor_id in silenced
            or fact.root_id in muted
            or (fact.key.subject_id in gone and fact.key.type in ABOUT_OWN_POSTS)
            or inbox.channels.get(TYPES[fact.key.type], {}).get("in_app") is False
        )
    ]


def _list_muted(user_id: int, root_ids: set[int]) -> set[int]:
    rows = MutedThread.objects.of(user_id).filter(root_id__in=root_ids)
    return set(rows.values_list("root_id", flat=True))
