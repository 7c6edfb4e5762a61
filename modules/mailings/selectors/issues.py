"""Issues of the newsletter, and how far they have gone round."""

from collections.abc import Collection
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Sum

from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.mailings.errors import IssueNotFound
from modules.mailings.models import Issue, Part
from modules.mailings.models.issues import SHARDS_OF_PART
from modules.mailings.schemas import (
    STATES,
    IssueCard,
    IssuePage,
    IssueProgress,
    PartProgress,
    Section,
)


class _Sent(NamedTuple):
    """To how many an issue was mailed, and how many were passed over."""

    mailed: int
    passed_over: int


def list_issues(paging: Paging) -> IssuePage:
    """Return a page of the issues, newest first."""
    page = keyset.page(Issue.objects.all(), paging, "id", at=attrgetter("id"))
    sent = _map_sent([issue.id for issue in page.rows])
    cards = [_to_card(issue, sent.get(issue.id)) for issue in page.rows]
    return IssuePage.plain(cards, next=page.next, prev=page.prev)


def get_issue(issue_id: int) -> IssueCard:
    """
    Return an issue.

    :raises IssueNotFound: if there is none
    """
    issue = Issue.objects.filter(id=issue_id).first()
    if issue is None:
        raise IssueNotFound
    return to_card(issue)


def get_progress(issue_id: int) -> IssueProgress:
    """
    Return how far an issue has gone round.

    :raises IssueNotFound: if there is no such issue
    """
    state = Issue.objects.filter(id=issue_id).values_list("state", flat=True).first()
    if state is None:
        raise IssueNotFound
    parts = Part.objects.filter(issue_id=issue_id).order_by("first_shard")
    return IssueProgress(
        state=STATES[state],
        parts=[
            PartProgress(
                first_shard=part.first_shard,
                last_shard=part.first_shard + SHARDS_OF_PART - 1,
                mailed=part.mailed,
                passed_over=part.passed_over,
                is_done=part.is_done,
                moved_at=part.moved_at,
            )
            for part in parts
        ],
    )


def to_card(issue: Issue) -> IssueCard:
    """Return an issue as it is shown."""
    return _to_card(issue, _map_sent([issue.id]).get(issue.id))


def _map_sent(issue_ids: Collection[int]) -> dict[int, _Sent]:
    parts = Part.objects.filter(issue_id__in=issue_ids).values_list("issue_id")
    sums = parts.annotate(mailed=Sum("mailed"), passed_over=Sum("passed_over"))
    return {issue_id: _Sent(mailed, passed_over) for issue_id, mailed, passed_over in sums}


def _to_card(issue: Issue, sent: _Sent | None) -> IssueCard:
    return IssueCard(
        id=issue.id,
        subject=issue.subject,
        sections=[Section.model_validate(section) for section in issue.content],
        state=STATES[issue.state],
        author_id=issue.author_id,
        created_at=issue.created_at,
        sent_at=issue.sent_at,
        finished_at=issue.finished_at,
        mailed=sent.mailed if sent else 0,
        passed_over=sent.passed_over if sent else 0,
    )
