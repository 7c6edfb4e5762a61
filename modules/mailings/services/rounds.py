"""
An issue goes round: some readers of some shards at a step, 64 parts of the shards side by side.

A step writes its mails, moves its part's place on and announces the next step in one transaction of the
directory: killed wherever it may be, it was done as a whole or not at all. A step that comes again finds
another place than it names, and ends. What it asks of the readers' shards is advisory: who unsubscribes in
the milliseconds between gets that one.
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper
from django.db.models import F

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.mail.schemas import NewMail
from modules.mailings.events import IssuePartDue
from modules.mailings.models import Issue, Part
from modules.mailings.models.issues import SENDING, SENT, SHARDS_OF_PART
from modules.mailings.selectors.popular import map_shown
from modules.mailings.services.links import make_link
from modules.mailings.services.mails import to_fragment_key
from sharding import outbox
from sharding.errors import InstanceUnavailable
from sharding.everywhere import read_within
from sharding.scope import require_binding, writing_directory

STEP: Final = 200
_WITHIN_S: Final = 5.0
_READERS: Final = """
    SELECT shard_of(user_id), user_id FROM mailings_subscription
    WHERE newsletter AND (shard_of(user_id), user_id) > (%s, %s) AND shard_of(user_id) <= %s
        AND shard_of(user_id) <@ %s::int4multirange
    ORDER BY shard_of(user_id), user_id LIMIT %s"""

_HOLD: Final = {
    is_last: f"SELECT 1 FROM mailings_issue WHERE id = %s AND state = %s FOR {lock}"  # noqa: S608 - two words
    for is_last, lock in ((False, "SHARE"), (True, "NO KEY UPDATE"))
}


class _Place(NamedTuple):
    """A reader, in the order in which an issue goes round."""

    shard: int
    user_id: int


def go_on(due: IssuePartDue, *, now: datetime) -> None:
    """
    Mail an issue to the next readers of a part, and announce the step after; a repeat does nothing.

    :raises InstanceUnavailable: if their instance cannot be reached; the step comes again
    """
    issue = Issue.objects.filter(id=due.issue_id, state=SENDING).first()
    if issue is None:
        return
    readers = _list_readers(due)
    mails = {reader.user_id: compose_issue(issue, reader.user_id) for reader in readers}
    with writing_directory():
        is_done = len(readers) < STEP
        if not _hold(due, is_last=is_done):
            return
        mailed = accounts.queue_bulk_mails(mails, now=now)
        last = readers[-1] if readers else _Place(due.after_shard, due.after_id)
        Part.objects.filter(issue_id=due.issue_id, first_shard=due.first_shard).update(
            after_shard=last.shard,
            after_id=last.user_id,
            mailed=F("mailed") + len(mailed),
            passed_over=F("passed_over") + len(readers) - len(mailed),
            is_done=is_done,
            moved_at=now,
        )
        if is_done:
            _finish(issue.id, now=now)
        else:
            announce_step(issue.id, due.first_shard, last.shard, last.user_id)


def announce_step(issue_id: int, first_shard: int, after_shard: int, after_id: int) -> None:
    """Announce the next step of a part, in the transaction that is open; each part is its own owner."""
    outbox.record(
        IssuePartDue(issue_id=issue_id, first_shard=first_shard, after_shard=after_shard, after_id=after_id),
        owner_id=issue_id << 12 | first_shard,
    )


def compose_issue(issue: Issue, reader_id: int) -> NewMail:
    """Return an issue as one reader gets it, addressed to nobody yet: of its posts, those for them."""
    viewer = graph.viewer_of(reader_id)
    named = {post_id for section in issue.content for post_id in section["post_ids"]}
    shown = map_shown(sorted(named), viewer=viewer)
    sections: list[dict[str, Any]] = [
        {**section, "posts": [shown[id] for id in section["post_ids"] if id in shown]}
        for section in issue.content
    ]
    keys = [
        f"{issue.id}.{issue.version}",
        *(post["key"] for section in sections for post in section["posts"]),
    ]
    return NewMail(
        to="",
        subject=issue.subject,
        template="mailings/newsletter",
        facts={"sections": sections, "fragment_key": to_fragment_key(keys)},
        unsubscribe_url=make_link(reader_id, "newsletter"),
    )


def _list_readers(due: IssuePartDue) -> list[_Place]:
    last_shard = due.first_shard + SHARDS_OF_PART - 1

    def read(cursor: CursorWrapper, ranges: str) -> list[_Place]:
        cursor.execute(_READERS, [due.after_shard, due.after_id, last_shard, ranges, STEP])
        return [_Place(*row) for row in cursor.fetchall()]

    found = read_within(read, _WITHIN_S, on_primary=True)
    if not found.complete:
        # Without them nobody can tell who is next: they would be left out.
        raise InstanceUnavailable(found.missing[0])
    return sorted(found.rows)[:STEP]


def _hold(due: IssuePartDue, *, is_last: bool) -> bool:
    """
    Hold an issue and a part of it until the transaction ends; return whether this step is the next one.

    Steps share the issue's row and go on side by side; whoever pauses it waits for them. A part's last step
    has the row to itself: of the two parts that end last, one sees that the other has.
    """
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_HOLD[is_last], [due.issue_id, SENDING])
        if cursor.fetchone() is None:
            return False
    parts = Part.objects.filter(
        issue_id=due.issue_id,
        first_shard=due.first_shard,
        after_shard=due.after_shard,
        after_id=due.after_id,
        is_done=False,
    )
    return parts.select_for_update().first() is not None


def _finish(issue_id: int, *, now: datetime) -> None:
    """Note that an issue has gone round, if this was its last part."""
    if not Part.objects.filter(issue_id=issue_id, is_done=False).exists():
        Issue.objects.filter(id=issue_id).update(state=SENT, finished_at=now)
