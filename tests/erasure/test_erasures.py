"""Erasures begin when nothing takes them back any more, and come to their end whatever is killed or away."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connections

from modules.accounts.errors import DoneMeanwhile
from modules.accounts.models import User
from modules.accounts.public import (
    NotErasable,
    UsernameTaken,
    cancel_deletion,
    create_account,
    erase_account,
    sign_receipt,
)
from modules.erasure.models import Erasure
from modules.erasure.schemas import Stage
from modules.erasure.selectors.deletions import map_receipts
from modules.erasure.services import erasures
from modules.erasure.services.erasures import advance, begin, begin_due_erasures, resume_erasures
from modules.graph import public as graph
from modules.kernel import clock
from modules.mail.models import Mail
from modules.mail.public import queue_bulk_mails
from modules.mail.schemas import NewMail
from sharding.errors import InstanceUnavailable
from sharding.scope import writing_directory
from tests.erasure.kit import close, erase
from tests.kit.delivery import announced, drain
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.people import NOON, PASSWORD, make_person, sign_up, sign_up_by_password
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

LOG_IN = "/auth/app/v1/auth/login"


def due(username: str = "ada"):
    """Return somebody whose account may be erased now."""
    person = make_person(username, shard=3)
    User.objects.filter(id=person.id).update(is_active=False, delete_after=NOON)
    return person


class TestBegin:
    def test_takes_those_alone_whose_day_has_come(self):
        gone, waiting, open_one = due(), make_person("ben"), make_person("carol")
        User.objects.filter(id=waiting.id).update(
            is_active=False, delete_after=clock.now() + timedelta(minutes=1)
        )

        assert [begin_due_erasures(now=clock.now()) for _ in range(2)] == [1, 0]

        assert list(Erasure.objects.values_list("user_id", flat=True)) == [gone.id]
        assert announced("accounts.erasure_begun.v1") == [{"user_id": gone.id}]
        for person in (waiting, open_one):
            with pytest.raises(NotErasable):
                begin(person.id, now=clock.now())

    def test_cannot_be_taken_back(self):
        ada = due()
        begin(ada.id, now=clock.now())

        with pytest.raises(DoneMeanwhile):
            cancel_deletion(ada.id)

        assert not User.objects.get(id=ada.id).is_active

    def test_or_a_log_in_of_the_same_moment_wins_and_never_both(self):
        """Whoever locks the row first; both are tried at once, again and again."""
        for turn in range(20):
            ada = due(f"ada{turn}")
            barrier = Barrier(2)

            def attempt(act, barrier=barrier):
                try:
                    barrier.wait()
                    act()
                except (DoneMeanwhile, NotErasable):
                    return False
                finally:
                    connections.close_all()
                return True

            with ThreadPoolExecutor(2) as pool:
                acts = (lambda: begin(ada.id, now=clock.now()), lambda: cancel_deletion(ada.id))  # noqa: B023
                began, came_back = pool.map(attempt, acts)

            row = User.objects.get(id=ada.id)
            assert began != came_back
            assert (row.is_active, row.erasing_since is None) == (came_back, came_back)
            assert Erasure.objects.filter(user_id=ada.id).exists() == began

    def test_lets_nobody_in_by_password(self, db):
        ada = sign_up_by_password("ada")
        drain()
        close(ada)
        begin_due_erasures(now=clock.now())
        # Were it still to come, a log-in would take it back.
        User.objects.filter(id=ada.id).update(delete_after=clock.now() + timedelta(days=1))

        answer = call("POST", LOG_IN, {"username": "ada", "password": PASSWORD})

        assert answer.status == 400
        assert User.objects.get(id=ada.id).erasing_since is not None


class TestResume:
    def test_waits_for_what_others_have_not_heard(self):
        ada = due()
        begin(ada.id, now=clock.now())
        publish(sign_up("ben"))

        resume_erasures(now=clock.now())

        assert Erasure.objects.get().stage == Stage.TELLING

        drain()
        assert resume_erasures(now=clock.now()) == 0
        assert Erasure.objects.get().stage == Stage.CLEARING
        drain()
        assert resume_erasures(now=clock.now()) == 1

    def test_is_at_what_nobody_else_is_at(self):
        begin(due().id, now=clock.now())
        Erasure.objects.update(claimed_until=clock.now() + timedelta(minutes=1))

        resume_erasures(now=clock.now())

        assert Erasure.objects.get().quiet_looks == 0
        drain()
        resume_erasures(now=clock.now() + timedelta(minutes=2))
        assert Erasure.objects.get().stage == Stage.CLEARING

    def test_gives_everybody_a_turn_though_the_oldest_wait_for_dead_news(self, monkeypatch):
        monkeypatch.setattr(erasures, "BATCH", 1)
        stuck, other = due("ada"), due("ben")
        begin(stuck.id, now=clock.now())
        begin(other.id, now=clock.now())
        drain()
        with connections["a"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload, state) "
                "VALUES (1, 'tests.hear', %s, 'tests.noted.v1', '{}', 'dead')",
                [stuck.id],
            )

        for minute in range(6):
            resume_erasures(now=clock.now() + timedelta(minutes=minute))
            drain(but="tests.hear")

        finished = Erasure.objects.filter(finished_at__isnull=False)
        assert list(finished.values_list("user_id", flat=True)) == [other.id]

    def test_is_free_for_the_next_run_where_one_before_it_took_all_the_time(self):
        begin(due().id, now=clock.now())

        resume_erasures(now=clock.now(), within=-1.0)

        assert Erasure.objects.get().claimed_until is None

    def test_is_held_up_by_an_instance_that_is_away_and_goes_on_when_it_is_back(self, stack):
        ada, vera = sign_up("ada", shard=3), sign_up("vera", shard=4000)
        vera.call("PUT", f"/v1/me/following/{ada.id}")
        drain()
        close(ada)
        begin_due_erasures(now=clock.now())
        drain()
        stack.kill("b")

        held_up = [resume_erasures(now=clock.now() + timedelta(minutes=10 * run)) for run in range(3)]

        assert held_up == [0, 0, 0]
        assert Erasure.objects.get().stage == Stage.TELLING
        assert User.objects.filter(id=ada.id).exists()
        stack.start("b")
        until(is_back)
        assert erase() == 1
        assert graph.map_counts([vera.id])[vera.id].following == 0

    def test_counts_each_row_once_however_often_stages_are_repeated(self):
        ada = due()
        for _ in range(3):
            publish(ada)
        begin(ada.id, now=clock.now())

        for stage in (Stage.TELLING, Stage.DELETING, Stage.DELETING, Stage.CLEARING):
            Erasure.objects.update(stage=stage, quiet_looks=0)  # as of one that died before it was noted
            for _ in range(2):
                drain()
                advance(ada.id, now=clock.now())

        assert map_receipts(ada.id)["posts_post"] == 3
        assert map_receipts(ada.id)["profiles_profile"] == 1

    def test_holds_the_name_for_90_days_and_keeps_no_name(self):
        close(sign_up("ada"))

        assert erase() == 1

        with pytest.raises(UsernameTaken):
            create_account(username="ada", email=None, password=None, now=clock.now())
        begin_due_erasures(now=clock.now() + timedelta(days=91))
        create_account(username="ada", email=None, password=None, now=clock.now())


class TestMails:
    def test_tell_at_the_beginning_and_at_the_end_where_the_receipt_is(self, db, mailoutbox):
        ada = sign_up_by_password("ada")
        # An address that nobody has proven is told nothing in the end.
        EmailAddress.objects.update(verified=True)
        drain()
        mailoutbox.clear()
        receipt = close(ada)

        erase()

        assert [mail.to for mail in mailoutbox] == [["ada@example.org"]] * 2
        for mail in mailoutbox:
            [link] = re.findall(r"https?://\S+/deletion\S+receipt=\S+", mail.body)
            assert link.endswith(f"/v1/me/deletion?receipt={receipt}")
        assert not Mail.objects.exists()

    def test_of_whose_address_was_only_claimed_still_go_out(self):
        """Anybody may add an address that is another's, and have their own account erased."""
        vera, mallory = sign_up("vera"), sign_up("mallory", shard=3)
        with writing_directory():
            for person, verified in ((vera, True), (mallory, False)):
                EmailAddress.objects.create(user_id=person.id, email="vera@example.org", verified=verified)
        begin(mallory.id, now=clock.now(), at_once=True)
        queue_bulk_mails([NewMail(to="vera@example.org", subject="News")], now=clock.now())

        erase_account(mallory.id, link="https://example.org", now=clock.now())

        assert list(Mail.objects.values_list("to", "subject")) == [("vera@example.org", "News")]


class TestMyDeletion:
    def test_is_shown_to_who_has_the_receipt_alone(self):
        ada = sign_up("ada")
        assert call("GET", f"/v1/me/deletion?receipt={sign_receipt(ada.id)}").status == 404

        receipt = close(ada)

        shown = call("GET", f"/v1/me/deletion?receipt={receipt}").body
        assert (shown["state"], shown["receipts"]) == ("planned", [])
        assert call("GET", f"/v1/me/deletion?receipt={ada.id}.{'x' * 43}").body["code"] == "receipt_invalid"
        assert call("GET", "/v1/me/deletion").status == 400

    def test_is_not_found_once_it_was_taken_back(self):
        ada = sign_up("ada")
        receipt = close(ada)
        cancel_deletion(ada.id)

        assert call("GET", f"/v1/me/deletion?receipt={receipt}").body["code"] == "deletion_not_found"


class TestCommand:
    def test_counts_what_would_go_and_deletes_nothing(self):
        ada = sign_up("ada", shard=3)
        publish(ada)

        out = run("begin", "ada", "--dry-run")

        assert out == {"would_delete": {"posts_authorcount": 1, "posts_post": 1, "profiles_profile": 1}}
        assert User.objects.get(id=ada.id).is_active

    def test_begins_when_it_is_meant_and_proves_that_nothing_is_left(self):
        ada = sign_up("ada", shard=3)
        publish(ada)
        with pytest.raises(CommandError, match="rows go for good"):
            run("begin", "ada")

        assert run("begin", "ada", "--yes") == {"begun": str(ada.id)}
        assert erase() == 1

        assert run("show", str(ada.id))["state"] == "erased"
        assert run("verify", str(ada.id))["left"] == {}

    def test_takes_digits_for_an_id_and_never_for_a_name(self):
        """Anybody may be called what an account that is gone had as its id."""
        gone = make_person("ada", shard=3)
        run("begin", str(gone.id), "--yes")
        erase()
        namesake = make_person(str(gone.id))

        with pytest.raises(CommandError):
            run("begin", str(gone.id), "--yes")

        assert User.objects.get(id=namesake.id).is_active
        assert run("show", str(gone.id))["state"] == "erased"

    def test_names_what_is_left(self):
        ada = make_person("ada", shard=3)

        with pytest.raises(SystemExit) as left:
            run("verify", str(ada.id))

        assert left.value.code == 1


def is_back() -> bool:
    """Return whether the other instance can be reached again."""
    try:
        with connections["b"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except InstanceUnavailable:
        return False
    return True


def run(*words: str):
    out = StringIO()
    call_command("erasure", *words, "--json", stdout=out)
    return json.loads(out.getvalue())
