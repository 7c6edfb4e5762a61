"""Issues of the newsletter: written by staff, tried on oneself, sent, paused, called off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from modules.accounts import public as accounts
from modules.mailings.errors import AddressUnproven, IssueNotFound, IssueStateUnfit
from modules.mailings.models import Issue, Part
from modules.mailings.models.issues import CANCELED, DRAFT, PARTS, PAUSED, SENDING, SHARDS_OF_PART
from modules.mailings.schemas import STATES, EditIssue, IssueCard, NewIssue, NewSection, TrialMail
from modules.mailings.selectors.issues import to_card
from modules.mailings.services.rounds import announce_step, compose_issue
from sharding.scope import Once, writing_directory

# From which states each is reached; to be in it already changes nothing.
_REACHED_FROM: Final = {SENDING: (DRAFT, PAUSED), PAUSED: (SENDING,), CANCELED: (DRAFT, SENDING, PAUSED)}


def create_issue(author_id: int, new: NewIssue, *, now: datetime, once: Once | None) -> IssueCard:
    """
    Write a draft.

    :raises AlreadyDone: with the first answer, if `once` was used before
    """
    with writing_directory(once=once) as write:
        issue = Issue.objects.create(
            subject=new.subject,
            content=_to_content(new.sections),
            state=DRAFT,
            version=1,
            author_id=author_id,
            created_at=now,
        )
        card = to_card(issue)
        write.answer(201, card.json_bytes())
    return card


def edit_issue(issue_id: int, edit: EditIssue) -> IssueCard:
    """
    Change what was sent of a draft.

    :raises IssueNotFound: if there is no such issue
    :raises IssueStateUnfit: if it is no draft any more
    """
    sent = edit.model_fields_set
    with writing_directory():
        issue = _lock(issue_id)
        if issue.state != DRAFT:
            raise IssueStateUnfit
        if "subject" in sent:
            issue.subject = edit.subject
        if "sections" in sent:
            issue.content = _to_content(edit.sections)
        issue.version += 1
        issue.save()
        return to_card(issue)


def set_state(issue_id: int, state: str, *, now: datetime) -> IssueCard:
    """
    Send an issue, go on with it, pause it, or call it off for good; to be so already changes nothing.

    Once this has returned, a paused issue is mailed to nobody more. Mails that are written down go out all
    the same. Sent again, it goes on where it stood.

    :raises IssueNotFound: if there is no such issue
    :raises IssueStateUnfit: if it cannot become so any more
    """
    wanted = STATES.index(state)
    with writing_directory():
        issue = _lock(issue_id)
        if issue.state != wanted:
            if issue.state not in _REACHED_FROM[wanted]:
                raise IssueStateUnfit
            issue.state = wanted
            if wanted == SENDING:
                _begin(issue, now=now)
            issue.save()
        return to_card(issue)


def send_test(user_id: int, issue_id: int, *, now: datetime, once: Once | None) -> TrialMail:
    """
    Mail an issue as it is now to one operator, whatever its state; nobody is counted as having got it.

    :raises IssueNotFound: if there is no such issue
    :raises AddressUnproven: if they have no address that is proven
    :raises AlreadyDone: with the first answer, if `once` was used before
    """
    issue = Issue.objects.filter(id=issue_id).first()
    if issue is None:
        raise IssueNotFound
    mail = compose_issue(issue, user_id)
    with writing_directory(once=once) as write:
        if not accounts.queue_bulk_mails({user_id: mail}, now=now):
            raise AddressUnproven
        answer = TrialMail(issue_id=issue.id)
        write.answer(202, answer.json_bytes())
    return answer


def _begin(issue: Issue, *, now: datetime) -> None:
    """Announce the next step of each part, and at the first time make them."""
    if issue.sent_at is None:
        issue.sent_at = now
        firsts = range(0, PARTS * SHARDS_OF_PART, SHARDS_OF_PART)
        Part.objects.bulk_create(
            Part(
                issue_id=issue.id,
                first_shard=first,
                after_shard=first,
                after_id=0,
                mailed=0,
                passed_over=0,
                is_done=False,
                moved_at=now,
            )
            for first in firsts
        )
    for part in Part.objects.filter(issue_id=issue.id, is_done=False):
        announce_step(issue.id, part.first_shard, part.after_shard, part.after_id)


def _lock(issue_id: int) -> Issue:
    issue = Issue.objects.select_for_update(no_key=True).filter(id=issue_id).first()
    if issue is None:
        raise IssueNotFound
    return issue


def _to_content(sections: Sequence[NewSection]) -> list[dict[str, Any]]:
    return [section.model_dump() for section in sections]
