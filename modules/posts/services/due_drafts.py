"""Drafts whose time has come, published by the clock; what may not be published then tells its author why."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from django.db.models import Q, QuerySet

from modules.accounts import public as accounts
from modules.kernel.derived import follow_now
from modules.posts.errors import LINK_REFUSALS, PostEmpty
from modules.posts.events import ScheduledPostPublished
from modules.posts.models import Draft
from modules.posts.services.drafts import UNLINKED, Looked, look, publish_locked
from modules.posts.services.links import NO_LINKS
from sharding import outages, outbox
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

BATCH: Final = 200
# Seconds for a read of all instances: the clock keeps nobody waiting.
_WITHIN_S: Final = 10.0
# When the clock looks again at drafts of whose author is away, and at what could not be published.
_AUTHOR_AWAY: Final = timedelta(hours=1)
_FAILED: Final = timedelta(minutes=10)

log = structlog.get_logger(__name__)


class _Due(NamedTuple):
    """A draft that the clock is to look at."""

    try_after: datetime
    id: int
    author_id: int


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
    """Publish a draft unless it is no longer due, or may not be; return whether that was done."""
    looked = UNLINKED
    try:
        while True:
            with writing_for(due.author_id) as write:
                rows = Draft.objects.of(due.author_id).filter(id=due.id, try_after__lte=now)
                draft = rows.select_for_update(skip_locked=True).first()
                if draft is None:
                    return False
                if not is_open:
                    rows.update(try_after=now + _AUTHOR_AWAY)
                    return False
                if looked.is_of(draft):
                    refused_by = looked.refused_by
                    try:
                        if not refused_by:
                            published, _ = publish_locked(write, draft, looked.links, now)
                            outbox.record(
                                ScheduledPostPublished(
                                    post_id=published.post_id, author_id=published.author_id
                                )
                            )
                            break
                    except PostEmpty as refusal:  # before anything was written
                        refused_by = refusal.code
                    rows.update(publish_at=None, try_after=None, refused_by=refused_by, refused_at=now)
                    return False
            looked = _look(draft)
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


def _look(draft: Draft) -> Looked:
    """Return the same, or why that is refused."""
    try:
        return look(draft)
    except LINK_REFUSALS as refusal:
        return Looked(draft.reply_to_id, draft.quote_of_id, NO_LINKS, refusal.code)
