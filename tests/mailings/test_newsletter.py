"""The newsletter: who writes and gets it, and that each gets it once whatever happens on its way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.mail.models import Mail
from modules.mailings.errors import IssueStateUnfit
from modules.mailings.events import IssuePartDue
from modules.mailings.models import Part
from modules.mailings.selectors.issues import list_issues
from modules.mailings.services import rounds
from modules.mailings.services.issues import set_state
from modules.mailings.services.rounds import go_on
from sharding.errors import InstanceUnavailable
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish
from tests.mailings.kit import mailed, make_reader, prove_address, write_issue

pytestmark = pytest.mark.django_db

ISSUES = "/v1/newsletter/issues"
DRAFT = {"subject": "News", "sections": [{"heading": "Hello", "paragraphs": ["All is well."]}]}


@pytest.fixture
def staff(db) -> Person:
    person = make_person()
    accounts.set_roles(person.id, ["operator"])
    return person


def send(issue_id: int) -> None:
    set_state(issue_id, "sending", now=NOON)


def addresses(people) -> list[str]:
    return sorted(f"{person.username}@example.org" for person in people)


class TestStaff:
    def test_writes_changes_and_sends_it(self, staff):
        reader = make_reader()
        made = staff.call("POST", ISSUES, DRAFT)
        at = f"{ISSUES}/{made.body['id']}"
        edited = staff.call("PATCH", at, {"subject": "Good news"})

        sent = staff.call("PUT", f"{at}/state", {"state": "sending"})
        drain()

        assert [made.status, edited.status, sent.status] == [201, 200, 200]
        assert (made.body["state"], sent.body["state"]) == ("draft", "sending")
        assert mailed() == addresses([reader])
        [mail] = Mail.objects.all()
        assert (mail.subject, "All is well." in mail.text) == ("Good news", True)
        shown = staff.call("GET", at).body
        assert (shown["state"], shown["mailed"], shown["passed_over"]) == ("sent", 1, 0)
        parts = staff.call("GET", f"{at}/progress").body["parts"]
        assert (len(parts), sum(part["mailed"] for part in parts)) == (64, 1)
        assert {part["is_done"] for part in parts} == {True}

    def test_is_nobody_else(self):
        person = sign_up("ada")

        assert person.call("POST", ISSUES, DRAFT).status == 403
        assert list_issues(Paging.first(5)).data == []

    def test_changes_nothing_that_was_sent(self, staff):
        issue_id = write_issue()
        send(issue_id)

        answer = staff.call("PATCH", f"{ISSUES}/{issue_id}", {"subject": "Other"})

        assert (answer.status, answer.body["code"]) == (409, "issue_state_unfit")

    def test_tries_it_on_themselves_alone(self, staff):
        make_reader()
        prove_address(staff)
        issue_id = write_issue()

        answers = [
            staff.call("POST", f"{ISSUES}/{issue_id}/tests", **{"Idempotency-Key": "one"}) for _ in range(2)
        ]

        assert [answer.status for answer in answers] == [202, 202]
        assert mailed() == addresses([staff])
        assert staff.call("GET", f"{ISSUES}/{issue_id}").body["mailed"] == 0

    def test_without_a_proven_address_is_told(self, staff):
        answer = staff.call("POST", f"{ISSUES}/{write_issue()}/tests")

        assert (answer.status, answer.body["code"]) == (409, "address_unproven")

    @pytest.mark.parametrize(
        "section",
        [
            {"links": [{"text": "x", "url": "javascript:alert(1)"}]},
            {"links": [{"text": "x", "url": "http://example.org"}]},
            {"links": [{"text": "x", "url": 'https://example.org/"onclick='}]},
            {"links": [{"text": "x", "url": "https://example.org/"}] * 21},
            {"paragraphs": [""]},
            {"html": "<b>"},
        ],
    )
    def test_sends_no_code(self, staff, section):
        answer = staff.call("POST", ISSUES, {"subject": "x", "sections": [section]})

        assert answer.status == 400
        assert answer.body["errors"][0]["pointer"].startswith("/sections/0/")

    @pytest.mark.parametrize("many", [5, 40])
    def test_lists_issues_at_one_cost(self, many):
        for _ in range(41):
            write_issue()

        with count_queries() as queries:
            page = list_issues(Paging.first(many))

        assert len(page.data) == many
        assert count_reads(queries) == 2


class TestReaders:
    def test_are_those_who_asked_for_it_and_can_be_reached(self):
        readers = [make_reader(shard=shard) for shard in (0, 1, 63, 64, 2047, 2048, 4095)]
        make_person()
        suspended, unproven = make_reader(), make_person()
        accounts.suspend_account(suspended.id, now=NOON)
        unproven.call("PATCH", "/v1/me/mailings", {"newsletter": True})
        issue_id = write_issue()

        send(issue_id)
        drain(times=2)

        assert mailed() == addresses(readers)
        parts = Part.objects.filter(issue_id=issue_id)
        assert (sum(part.mailed for part in parts), sum(part.passed_over for part in parts)) == (7, 2)

    def test_do_not_wait_for_one_whose_address_no_header_can_hold(self):
        odd, reader = make_person(shard=5), make_reader(shard=5)
        prove_address(odd, '"<"@example.org')
        odd.call("PATCH", "/v1/me/mailings", {"newsletter": True})

        send(write_issue())
        drain()

        assert mailed() == addresses([reader])

    def test_get_posts_that_are_for_them(self):
        author, reader, other = make_person(), make_reader(), make_reader()
        post_id = publish(author, "Shown to most")
        drain()
        graph.block(reader.id, author.id, now=NOON)
        drain()

        send(write_issue(post_id))
        drain()

        texts = dict(Mail.objects.values_list("to", "text"))
        assert "Shown to most" not in texts[f"{reader.username}@example.org"]
        assert "Shown to most" in texts[f"{other.username}@example.org"]

    def test_are_found_by_an_index(self):
        issue_id = write_issue()
        send(issue_id)
        due = announced_events(IssuePartDue)[0]
        with count_queries() as queries:
            go_on(due, now=NOON)
        [sql] = [sql for alias, sql in queries.statements if alias == "a" and "mailings_subscription" in sql]

        with connections["a"].cursor() as cursor:
            # Of so few rows everything else would be cheaper.
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
            cursor.execute(f"EXPLAIN {sql}", [0, 0, 63, "{[0,2047]}", 200])
            plan = "\n".join(row for (row,) in cursor.fetchall())
            cursor.execute("RESET ALL")

        assert "mailings_readers" in plan
        assert "ROW(" in plan.split("Index Cond")[1].split("Filter")[0]
        assert "Sort" not in plan


class TestRound:
    def test_goes_on_where_it_stood_after_a_pause(self, monkeypatch):
        monkeypatch.setattr(rounds, "STEP", 2)
        readers = [make_reader(shard=5) for _ in range(7)]
        issue_id = write_issue()
        send(issue_id)
        [first] = [due for due in announced_events(IssuePartDue) if due.first_shard == 0]
        go_on(first, now=NOON)

        set_state(issue_id, "paused", now=NOON)
        drain()
        at_pause = mailed()
        for _ in range(2):
            set_state(issue_id, "sending", now=NOON)
        drain(times=2)

        assert (len(at_pause), mailed()) == (2, addresses(readers))

    def test_ends_for_good_when_it_is_called_off(self, monkeypatch):
        monkeypatch.setattr(rounds, "STEP", 2)
        for _ in range(3):
            make_reader(shard=5)
        issue_id = write_issue()
        send(issue_id)

        card = set_state(issue_id, "canceled", now=NOON)
        drain()

        assert (card.state, mailed()) == ("canceled", [])
        with pytest.raises(IssueStateUnfit):
            send(issue_id)

    def test_of_two_workers_at_one_step_is_taken_once(self):
        readers = [make_reader(shard=5) for _ in range(5)]
        issue_id = write_issue()
        send(issue_id)
        [due] = [due for due in announced_events(IssuePartDue) if due.first_shard == 0]

        def work(_: int) -> None:
            try:
                go_on(due, now=clock.now())
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(work, range(4)))

        assert mailed() == addresses(readers)

    def test_waits_for_an_instance_that_is_away(self, stack):
        reader = make_reader(shard=4000)
        issue_id = write_issue()
        send(issue_id)
        [due] = [due for due in announced_events(IssuePartDue) if due.first_shard == 3968]
        stack.kill("b")

        with pytest.raises(InstanceUnavailable):
            go_on(due, now=NOON)

        stack.start("b")
        drain()
        assert mailed() == addresses([reader])
