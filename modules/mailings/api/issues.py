"""`/v1/newsletter/issues`: the newsletter, for who runs the service."""

from typing import Final

from modules.kernel import clock, limits
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.http.limiting import charge_caller
from modules.kernel.principals import FIRST_PARTY, OPERATOR, Principal
from modules.mailings.errors import AddressUnproven, IssueNotFound, IssueStateUnfit, StaffOnly
from modules.mailings.schemas import (
    EditIssue,
    IssueCard,
    IssuePage,
    IssueProgress,
    NewIssue,
    SetIssueState,
    TrialMail,
)
from modules.mailings.selectors.issues import get_issue, get_progress, list_issues
from modules.mailings.services.issues import create_issue, edit_issue, send_test, set_state

TESTS: Final = limits.declare(
    "newsletter-tests", 20, 3600, counts="tests of a newsletter that an operator has mailed to themselves"
)


class Issues(View):
    """The issues."""

    @endpoint("list_newsletter_issues", scope=FIRST_PARTY, refuses=(StaffOnly,))
    def get(self, request: Request, paging: Paging) -> IssuePage:
        """List the issues of the newsletter, newest first. For operators."""
        _require_staff(request.user)
        return list_issues(paging)

    @endpoint("create_newsletter_issue", scope=FIRST_PARTY, status=201, refuses=(StaffOnly,))
    def post(self, request: Request, body: NewIssue) -> IssueCard:
        """
        Write an issue of the newsletter; it is a draft until it is sent. For operators.

        All of it is plain text, which a template shows; posts are shown to whom may see them when it is
        mailed.
        """
        _require_staff(request.user)
        return create_issue(request.user.id, body, now=clock.now(), once=request.once)


class OneIssue(View):
    """One issue."""

    @endpoint("get_newsletter_issue", scope=FIRST_PARTY, refuses=(StaffOnly, IssueNotFound))
    def get(self, request: Request, issue_id: int) -> IssueCard:
        """Show an issue, and to how many it was mailed. For operators."""
        _require_staff(request.user)
        return get_issue(issue_id)

    @endpoint("edit_newsletter_issue", scope=FIRST_PARTY, refuses=(StaffOnly, IssueNotFound, IssueStateUnfit))
    def patch(self, request: Request, issue_id: int, body: EditIssue) -> IssueCard:
        """Edit a draft; what is left out stays as it is. What is sent stays as it is. For operators."""
        _require_staff(request.user)
        return edit_issue(issue_id, body)


class StateOfIssue(View):
    """What becomes of an issue."""

    @endpoint(
        "set_newsletter_issue_state", scope=FIRST_PARTY, refuses=(StaffOnly, IssueNotFound, IssueStateUnfit)
    )
    def put(self, request: Request, issue_id: int, body: SetIssueState) -> IssueCard:
        """
        Send an issue, pause it, go on with it, or call it off. For operators.

        `sending` mails it to all who want the newsletter, each once, however often it is paused or whatever
        dies meanwhile. Once `paused` is answered, nobody more is mailed until it is `sending` again; mails
        that are written down already go out. `canceled` is for good. To be so already changes nothing.
        """
        _require_staff(request.user)
        return set_state(issue_id, body.state, now=clock.now())


class ProgressOfIssue(View):
    """How far an issue has gone round."""

    @endpoint("get_newsletter_issue_progress", scope=FIRST_PARTY, refuses=(StaffOnly, IssueNotFound))
    def get(self, request: Request, issue_id: int) -> IssueProgress:
        """Show how far an issue has gone round, by shards. For operators."""
        _require_staff(request.user)
        return get_progress(issue_id)


class IssueTests(View):
    """Tests of an issue."""

    @endpoint(
        "send_newsletter_test",
        scope=FIRST_PARTY,
        status=202,
        refuses=(StaffOnly, IssueNotFound, AddressUnproven),
    )
    def post(self, request: Request, issue_id: int) -> TrialMail:
        """Mail an issue to the caller alone, as it is now. For operators; twenty an hour."""
        _require_staff(request.user)
        charge_caller(request._request, TESTS, request.user.id)
        return send_test(request.user.id, issue_id, now=clock.now(), once=request.once)


def _require_staff(caller: Principal) -> None:
    """
    Refuse whoever is no operator, in person.

    :raises StaffOnly: if they are not
    """
    if OPERATOR not in caller.roles:
        raise StaffOnly
