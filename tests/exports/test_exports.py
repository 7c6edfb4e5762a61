"""Asking for exports, seeing them and ending them, as their owners do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

import modules.exports.tasks  # noqa: F401 - so that its subscribers are known
from modules.accounts import public as accounts
from modules.exports.errors import ExportTooSoon
from modules.exports.models import Export
from modules.exports.schemas import APART, KEPT, LINK
from modules.exports.selectors.exports import get_export, list_exports
from modules.exports.services import sweeps
from modules.exports.services.making import make_export
from modules.exports.services.requests import end_export
from modules.kernel import clock
from modules.kernel.cursors import Paging
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.exports import ask_for, export_of, files_of
from tests.kit.pages import count_reads, on
from tests.kit.people import make_person, sign_up

pytestmark = pytest.mark.django_db


def _made(person):
    """Return an export that is ready."""
    export_id = ask_for(person)
    make_export(person.id, export_id, now=clock.now())
    until_replicated()
    return export_id


class TestRequestExport:
    def test_is_made_in_a_worker_and_shown_with_an_address(self):
        ada = sign_up("ada")

        asked = ada.call("POST", "/v1/exports", {"kind": "archive"})
        drain(times=2)
        until_replicated()
        shown = ada.call("GET", f"/v1/exports/{asked.body['id']}")

        assert (asked.status, asked.body["state"], asked.body["progress"]) == (202, "waiting", 0)
        assert (shown.status, shown.body["state"], shown.body["progress"]) == (200, "ready", 100)
        assert shown.body["file"] == f"banyan-archive-{clock.now():%Y-%m-%d}.zip"
        [key] = files_of(int(asked.body["id"]))
        assert f"/{key}?" in shown.body["download"]["url"]
        assert shown.headers["cache-control"] == "no-store"

    def test_answers_a_repeat_of_the_same_request_with_the_first(self):
        ada = sign_up("ada")

        first, again = (
            ada.call("POST", "/v1/exports", {"kind": "archive"}, idempotency_key="k1") for _ in range(2)
        )

        assert again.body == first.body
        assert again.headers["idempotency-replayed"] == "true"

    def test_lets_each_kind_be_asked_for_once_a_day(self):
        ada = sign_up("ada")
        first = ada.call("POST", "/v1/exports", {"kind": "archive"})
        report = ada.call("POST", "/v1/exports", {"kind": "report_pdf"})

        second = ada.call("POST", "/v1/exports", {"kind": "archive"})

        assert report.status == 202
        assert (second.status, second.body["code"]) == (429, "export_too_soon")
        assert 86_395 <= int(second.headers["retry-after"]) <= 86_400
        [error] = second.body["errors"]
        assert (error["pointer"], error["detail"]) == ("/kind", f"/v1/exports/{first.body['id']}")

    def test_is_not_had_sooner_by_deleting_the_last_one(self):
        ada, now = make_person(), clock.now()
        end_export(ada.id, ask_for(ada, now=now))

        with pytest.raises(ExportTooSoon):
            ask_for(ada, now=now + APART - timedelta(seconds=1))

        assert list(Export.objects.of(ada.id).on_primary()) == []
        ask_for(ada, now=now + APART)

    def test_lets_one_through_of_those_who_ask_at_once(self):
        ada, barrier, refused = make_person(), Barrier(4), []

        def ask():
            barrier.wait()
            try:
                ask_for(ada)
            except ExportTooSoon as error:
                refused.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(refused) == 3
        assert Export.objects.of(ada.id).on_primary().count() == 1

    @pytest.mark.parametrize(
        "body",
        [{"kind": "archive", "year": 2026}, {"kind": "report_pdf", "year": 2999}],
    )
    def test_refuses_a_year_of_which_there_is_none(self, body):
        answer = sign_up("ada").call("POST", "/v1/exports", body)

        assert (answer.status, answer.body["code"], answer.pointers) == (422, "year_unfit", ["/year"])

    def test_wants_to_know_who_asks(self, settings):
        ada = sign_up("ada")
        settings.ACCOUNTS = replace(settings.ACCOUNTS, presence_ttl=0)

        answer = ada.call("POST", "/v1/exports", {"kind": "archive"})

        assert (answer.status, answer.body["code"]) == (403, "reauthentication_required")
        assert list(Export.objects.of(ada.id).on_primary()) == []


class TestListExports:
    def test_pages_from_the_newest_to_the_first_and_back_without_addresses(self):
        ada = _with_exports(5)

        newest = list_exports(ada.id, Paging.first(2))
        older = list_exports(ada.id, on(Paging.first(2), newest.next))
        newer = list_exports(ada.id, on(Paging.first(2), older.prev))

        ids = [card.id for card in [*newest.data, *older.data]]
        assert ids == sorted(ids, reverse=True)
        assert newer.data == newest.data
        assert not hasattr(newest.data[0], "download")

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_at_any_length(self, many):
        ada = _with_exports(50)

        with count_queries() as queries:
            page = list_exports(ada.id, Paging.first(many))

        assert len(page.data) == many
        assert count_reads(queries) == 1

    def test_is_nobody_elses(self):
        ada, ben = sign_up("ada"), sign_up("ben")
        export_id = _made(ada)

        listed = ben.call("GET", "/v1/exports")
        answers = [ben.call(method, f"/v1/exports/{export_id}").status for method in ("GET", "DELETE")]

        assert (listed.body["data"], answers) == ([], [404, 404])
        assert len(files_of(export_id)) == 1


class TestGetExport:
    def test_gives_addresses_that_end_and_never_outlive_the_file(self):
        ada = make_person()
        export_id = _made(ada)
        row = export_of(ada, export_id)
        ends, made = row.expires_at, row.finished_at
        assert ends
        assert made

        now = clock.now()
        moments = (now, ends - timedelta(minutes=10), ends)
        soon, last, over = (
            get_export(ada.id, export_id, with_address=True, now=moment).download for moment in moments
        )

        assert ends - made == KEPT
        assert soon
        assert last
        assert timedelta(0) <= now + LINK - soon.expires_at < timedelta(seconds=1)
        assert timedelta(0) <= ends - last.expires_at < timedelta(seconds=2)
        assert over is None

    def test_gives_no_address_to_a_session_that_may_be_stolen(self, settings):
        ada = sign_up("ada")
        export_id = _made(ada)
        settings.ACCOUNTS = replace(settings.ACCOUNTS, presence_ttl=0)

        shown = ada.call("GET", f"/v1/exports/{export_id}")

        assert (shown.status, shown.body["state"], shown.body["download"]) == (200, "ready", None)


class TestEndExport:
    def test_deletes_the_file_at_once_and_a_repeat_finds_nothing(self):
        ada = sign_up("ada")
        export_id = _made(ada)

        first, again = (ada.call("DELETE", f"/v1/exports/{export_id}") for _ in range(2))

        assert (first.status, again.status) == (204, 404)
        assert files_of(export_id) == []

    def test_deletes_the_file_later_if_the_storage_is_away(self, settings, tmp_path):
        ada = make_person()
        export_id = _made(ada)
        storages = settings.STORAGES
        away = {
            "BACKEND": "modules.media.storages.s3.S3MediaStorage",
            "OPTIONS": {
                "bucket": "b", "region": "r", "endpoint": "http://127.0.0.1:9", "public_endpoint": "",
                "base_url": "", "access_key": "a", "secret_key": "s",
            },
        }  # fmt: skip
        settings.STORAGES = {**storages, "media": away}
        end_export(ada.id, export_id)
        settings.STORAGES = storages
        assert len(files_of(export_id)) == 1

        drain(times=2)

        assert files_of(export_id) == []


class TestEndExportsOfClosed:
    @pytest.mark.parametrize("close", ["suspend", "delete"])
    def test_deletes_all_with_the_account_and_again_does_no_harm(self, close):
        ada, ben = make_person(), make_person()
        export_id, other = _made(ada), _made(ben)

        if close == "suspend":
            accounts.suspend_account(ada.id, now=clock.now())
        else:
            accounts.request_deletion(ada.id, confirm=ada.username, now=clock.now())
        drain(times=2)

        assert (files_of(export_id), len(files_of(other))) == ([], 1)
        assert list(Export.objects.of(ada.id).on_primary()) == []

    def test_makes_none_that_was_asked_for_as_the_account_was_closed(self):
        ada = make_person()
        accounts.suspend_account(ada.id, now=clock.now())
        drain()
        export_id = ask_for(ada)

        drain(times=2)

        assert files_of(export_id) == []
        assert list(Export.objects.of(ada.id).on_primary()) == []


class TestForgetExpired:
    def test_deletes_what_is_over_and_nothing_else(self):
        ada, ben = make_person(), make_person()
        export_id, other = _made(ada), _made(ben)
        with writing_for(ben.id):
            Export.objects.of(ben.id).update(expires_at=clock.now() + KEPT + timedelta(hours=1))

        now = export_of(ada, export_id).expires_at
        assert now
        done = [sweeps.forget_expired(now=now - timedelta(seconds=1)), sweeps.forget_expired(now=now)]
        drain(times=2)

        assert done == [0, 1]
        assert (files_of(export_id), len(files_of(other))) == ([], 1)
        assert export_of(ben, other).progress == 100


def _with_exports(count):
    """Return somebody who has so many."""
    person, now = make_person(), clock.now()
    with writing_for(person.id):
        for _ in range(count):
            Export.objects.create(
                user_id=person.id, kind=0, state=2, progress=100, created_at=now, finished_at=now, attempts=1,
                expires_at=now + KEPT, file="banyan.zip", bytes=1, sha256="0" * 64, error="",
            )  # fmt: skip
    until_replicated()
    return person
