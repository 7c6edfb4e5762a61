"""
Drafts: written, edited, and published once, by their author or by the clock.

Whoever publishes one locks its row and marks it in the transaction of the post, so that it happens once
whatever dies, and however often the clock ticks. The post's id is minted there: that is its place in lists.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from django.db.models import Q, QuerySet

from modules.accounts import public as accounts
from modules.kernel.derived import follow_now
from modules.kernel.errors import InputError
from modules.posts.errors import DraftCapReached, DraftNotFound, PostNotFound, PublishAtOutOfRange
from modules.posts.events import PostPublished
from modules.posts.models import AuthorCount, Draft, Post
from modules.posts.schemas import (
    AUDIENCES,
    REPLY_POLICIES,
    DraftCard,
    EditDraft,
    NewDraft,
    PostCard,
    PostContent,
    PostEntity,
)
from modules.posts.selectors.cards import to_card
from modules.posts.selectors.drafts import to_draft_card
from modules.posts.services.entities import find_entities
from modules.posts.services.posts import insert_post
from sharding import outages
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet
from sharding.scope import Once, Write, writing_for

MAX_DRAFTS: Final = 100
SOONEST: Final = timedelta(minutes=1)
LATEST: Final = timedelta(days=365)
BATCH: Final = 200
# Seconds for a read of all instances: the clock keeps nobody waiting.
_WITHIN_S: Final = 10.0
# When the clock looks again at drafts of whose author is away, and at what could not be published.
_AUTHOR_AWAY: Final = timedelta(hours=1)
_FAILED: Final = timedelta(minutes=10)
# As long as a repeat may come to ask what a draft was published as.
_REMEMBERED: Final = timedelta(days=7)

log = structlog.get_logger(__name__)


class _Due(NamedTuple):
    """A draft that the clock is to look at."""

    try_after: datetime
    id: int
    author_id: int


def create_draft(author_id: int, new: NewDraft, *, now: datetime, once: Once | None) -> DraftCard:
    """
    Keep a draft, which is published at its time if it has one.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises DraftCapReached: if the author has a hundred; TooManyEntities: as in publishing
    :raises PublishAtOutOfRange: if its time is too near or too far
    """
    _check_time(new.publish_at, now)
    entities = find_entities(new.text)
    with writing_for(author_id, once=once) as write:
        _check_room(author_id, now)
        draft = Draft.objects.create(
            author_id=author_id,
            text=new.text,
            entities=[entity.model_dump() for entity in entities],
            audience=AUDIENCES.index(new.audience),
            custom=new.custom,
            reply_policy=REPLY_POLICIES.index(new.reply_policy),
            publish_at=new.publish_at,
            try_after=new.publish_at,
            created_at=now,
        )
        card = to_draft_card(draft)
        write.answer(201, card.json_bytes())
    return card


def edit_draft(author_id: int, draft_id: int, edit: EditDraft, *, now: datetime) -> DraftCard:
    """
    Change what was sent of a user's own draft.

    :raises DraftNotFound: if they have no such draft, or it was published
    :raises PublishAtOutOfRange: if its time is too near or too far; TooManyEntities: as in publishing
    """
    changes: dict[str, Any] = edit.model_dump(exclude_unset=True)
    if "publish_at" in changes:
        _check_time(edit.publish_at, now)
        changes["try_after"] = edit.publish_at
    if "text" in changes:
        changes["entities"] = [entity.model_dump() for entity in find_entities(edit.text)]
    if "audience" in changes:
        changes["audience"] = AUDIENCES.index(edit.audience)
    if "reply_policy" in changes:
        changes["reply_policy"] = REPLY_POLICIES.index(edit.reply_policy)
    with writing_for(author_id):
        if not Draft.objects.of(author_id).filter(id=draft_id, post_id=None).update(edited_at=now, **changes):
            raise DraftNotFound
        return to_draft_card(Draft.objects.of(author_id).get(id=draft_id))


def delete_draft(author_id: int, draft_id: int) -> None:
    """
    Delete a user's own draft.

    :raises DraftNotFound: if they have no such draft, or it was published
    """
    with writing_for(author_id):
        deleted, _ = Draft.objects.of(author_id).filter(id=draft_id, post_id=None).delete()
    if not deleted:
        raise DraftNotFound


def publish_draft(author_id: int, draft_id: int, *, now: datetime) -> PostCard:
    """
    Publish a user's own draft now, whatever its time; published before, the same post is returned.

    :raises DraftNotFound: if they have no such draft; PostNotFound: if its post was deleted meanwhile
    """
    with writing_for(author_id) as write:
        draft = Draft.objects.of(author_id).select_for_update().filter(id=draft_id).first()
        if draft is None:
            raise DraftNotFound
        if draft.post_id is not None:
            post = Post.objects.of(author_id).filter(id=draft.post_id, deleted_at=None).first()
            if post is None:
                raise PostNotFound
            return to_card(post)
        published, card = _publish(write, draft, now)
    follow_now(published)
    return card


def publish_due_drafts(*, now: datetime) -> int:
    """
    Publish the drafts whose time has come, on every instance that can be reached; return how many.

    Each in a transaction of its own: what cannot be published stops no other, and what somebody else is at is
    passed over. Those of people who are suspended or gone wait for them.
    """
    published = 0
    for due in _iter_due(now):
        people = accounts.map_identities({each.author_id for each in due})
        for each in due:
            author = people.get(each.author_id)
            is_open = author is not None and author.is_active
            published += _publish_due(each, is_open=is_open, now=now)
    return published


def _iter_due(now: datetime) -> Iterator[Sequence[_Due]]:
    """Yield the drafts that are due in batches, oldest first: one read of an index of each instance."""
    after: _Due | None = None
    while due := _list_due(now, after):
        yield due
        if len(due) < BATCH:
            return
        after = due[-1]


def _list_due(now: datetime, after: _Due | None) -> Sequence[_Due]:
    def query(rows: ShardedQuerySet[Draft]) -> QuerySet[Draft, dict[str, Any]]:
        rows = rows.filter(try_after__lte=now)
        if after is not None:
            rows = rows.filter(
                Q(try_after=after.try_after, id__gt=after.id) | Q(try_after__gt=after.try_after)
            )
        found: QuerySet[Draft, dict[str, Any]] = rows.order_by("try_after", "id").values(*_Due._fields)
        return found[:BATCH]

    # An instance that is away is asked again in a minute.
    found = Draft.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    return [_Due(**row) for row in found.rows]


def _publish_due(due: _Due, *, is_open: bool, now: datetime) -> bool:
    """Publish a draft unless it is no longer due; return whether that was done."""
    try:
        with writing_for(due.author_id) as write:
            rows = Draft.objects.of(due.author_id).filter(id=due.id, try_after__lte=now)
            draft = rows.select_for_update(skip_locked=True).first()
            if draft is None:
                return False
            if not is_open:
                rows.update(try_after=now + _AUTHOR_AWAY)
                return False
            published, _ = _publish(write, draft, now)
    except InstanceUnavailable as error:
        outages.met(outages.name_of(error.alias), error)
        return False
    except Exception:  # whatever is wrong with one, the others are published
        log.exception("draft_not_published", draft_id=due.id, author_id=due.author_id)
        _put_off(due, until=now + _FAILED)
        return False
    follow_now(published)
    return True


def _put_off(due: _Due, *, until: datetime) -> None:
    with writing_for(due.author_id):
        Draft.objects.of(due.author_id).filter(id=due.id, post_id=None).update(try_after=until)


def _publish(write: Write, draft: Draft, now: datetime) -> tuple[PostPublished, PostCard]:
    """Make the post of a locked draft, as it was checked when it was written, and mark the draft."""
    new = PostContent.model_construct(
        text=draft.text,
        audience=AUDIENCES[draft.audience],
        custom=draft.custom,
        reply_policy=REPLY_POLICIES[draft.reply_policy],
    )
    entities = [PostEntity(**entity) for entity in draft.entities]
    published, card = insert_post(write, new, entities, now=now)
    # What it said stands in the post, which may be deleted: nothing of it stays here.
    Draft.objects.of(draft.author_id).filter(id=draft.id).update(
        post_id=card.id, text="", entities=[], custom={}, publish_at=None, try_after=None, edited_at=now
    )
    return published, card


def _check_time(publish_at: datetime | None, now: datetime) -> None:
    if publish_at is not None and not now + SOONEST <= publish_at <= now + LATEST:
        hint = "Send a time at least a minute and at most 365 days ahead, or null."
        raise PublishAtOutOfRange(errors=[InputError("/publish_at", "out_of_range", hint)])


def _check_room(author_id: int, now: datetime) -> None:
    """Forget what was published long ago, and see whether there is room for one more, under a lock."""
    AuthorCount.objects.get_or_create(author_id=author_id, defaults={"posts": 0})
    AuthorCount.objects.of(author_id).select_for_update().get()
    drafts = Draft.objects.of(author_id)
    drafts.filter(post_id__isnull=False, edited_at__lt=now - _REMEMBERED).delete()
    if drafts.filter(post_id=None).count() >= MAX_DRAFTS:
        raise DraftCapReached
