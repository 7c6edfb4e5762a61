"""From a request to a file, whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections

from modules.exports.models import Export
from modules.exports.schemas import APART_FAILED, FAILED, READY, RUNNING, WAITING
from modules.exports.services import making
from modules.exports.services.making import CLAIM, MAX_ATTEMPTS, make_export, resume_exports
from modules.exports.services.requests import HEARD_WITHIN, end_export
from modules.kernel import clock
from modules.media.public import StorageUnavailable
from sharding.scope import writing_for
from tests.kit.delivery import announced, drain
from tests.kit.exports import ask_for, export_of, files_of, read_archive
from tests.kit.machines import until
from tests.kit.people import Person, make_person, sign_up
from tests.kit.posts import publish
from tests.kit.workers import run_workers

pytestmark = pytest.mark.django_db

AWAY = {
    "BACKEND": "modules.media.storages.s3.S3MediaStorage",
    "OPTIONS": {
        "bucket": "b", "region": "r", "endpoint": "http://127.0.0.1:9", "public_endpoint": "",
        "base_url": "", "access_key": "a", "secret_key": "s",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def workers(make_machines, tmp_path_factory):
    """Processes that begin to make an export when they are told to."""
    log = tmp_path_factory.mktemp("workers") / "log"
    work = ("modules.exports.services.making", "make_export")
    with run_workers(make_machines().env, log, work=work) as started:
        yield started


@contextmanager
def stuck(person: Person) -> Iterator[None]:
    """Have whoever exports wait in the middle: one of the last tables is locked."""
    with writing_for(person.id) as write, connections[write.alias].cursor() as cursor:
        cursor.execute("LOCK TABLE posts_postrevision IN ACCESS EXCLUSIVE MODE")
        yield


def state_of(person, export_id):
    row = export_of(person, export_id)
    return row.state, row.attempts, row.error


class TestMakeExport:
    def test_has_one_effect_when_delivered_twice(self):
        ada = sign_up("ada")
        since = ada.call("GET", "/v1/me/updates").body["seq"]
        export_id = ask_for(ada)

        drain(times=2)

        assert state_of(ada, export_id) == (READY, 1, "")
        assert files_of(export_id) == [f"downloads/{export_id}/1/banyan-archive-{clock.now():%Y-%m-%d}.zip"]
        told = ada.call("GET", f"/v1/me/updates?since={since}").body["data"]
        assert [(each["type"], each["data"]) for each in told] == [
            ("export.progress", {"export_id": str(export_id), "progress": 99}),
            ("export.ready", {"export_id": str(export_id)}),
        ]

    def test_is_made_anew_after_a_kill_and_there_is_one_zip(self, workers):
        ada, now = make_person(), clock.now()
        post_id, export_id = publish(ada), ask_for(ada)
        with stuck(ada):
            worker = workers.begin(ada, export_id, now=now)
            _until_attempt(1, ada, export_id)
            worker.kill()

        make_export(ada.id, export_id, now=now + CLAIM - timedelta(seconds=1))
        too_soon = state_of(ada, export_id)
        make_export(ada.id, export_id, now=clock.now() + CLAIM)

        assert too_soon == (RUNNING, 1, "")
        assert state_of(ada, export_id) == (READY, 2, "")
        assert len(files_of(export_id)) == 1
        assert [entry["id"] for entry in read_archive(export_id)["posts.json"]] == [str(post_id)]

    def test_takes_its_file_away_if_it_is_too_late(self, workers):
        ada, now = make_person(), clock.now()
        overtaken = ask_for(ada)
        with stuck(ada):
            worker = workers.begin(ada, overtaken, now=now)
            _until_attempt(1, ada, overtaken)
            worker.freeze()

        make_export(ada.id, overtaken, now=clock.now() + CLAIM)
        worker.thaw()
        worker.wait()

        assert state_of(ada, overtaken) == (READY, 2, "")
        assert [key.split("/")[2] for key in files_of(overtaken)] == ["2"]

    def test_stops_if_it_is_deleted_meanwhile(self, workers):
        ada, now = make_person(), clock.now()
        export_id = ask_for(ada)
        with stuck(ada):
            worker = workers.begin(ada, export_id, now=now)
            _until_attempt(1, ada, export_id)
            worker.freeze()

        end_export(ada.id, export_id)
        worker.thaw()
        worker.wait()

        assert files_of(export_id) == []
        assert announced("exports.export_ready.v1") == []

    def test_fails_for_good_after_three_that_died_and_lets_its_user_ask_again(self, workers):
        ada, now = make_person(), clock.now()
        export_id = ask_for(ada, now=now)
        with stuck(ada):
            for attempt in range(1, MAX_ATTEMPTS + 1):
                worker = workers.begin(ada, export_id, now=now + 2 * attempt * CLAIM)
                _until_attempt(attempt, ada, export_id)
                worker.kill()

        make_export(ada.id, export_id, now=now + timedelta(hours=1))

        assert state_of(ada, export_id) == (FAILED, MAX_ATTEMPTS, "not_made")
        assert announced("exports.export_failed.v1") == [{"export_id": export_id, "user_id": ada.id}]
        assert ask_for(ada, now=now + timedelta(hours=1) + APART_FAILED) > export_id

    def test_fails_at_once_if_it_is_too_large_and_says_so_once(self, monkeypatch):
        ada = sign_up("ada")
        since = ada.call("GET", "/v1/me/updates").body["seq"]
        export_id = ask_for(ada)
        monkeypatch.setattr(making, "MAX_BYTES", 10)

        drain(times=2)

        assert state_of(ada, export_id) == (FAILED, 1, "too_large")
        assert files_of(export_id) == []
        told = ada.call("GET", f"/v1/me/updates?since={since}").body["data"]
        assert [(each["type"], each["data"]) for each in told] == [
            ("export.failed", {"export_id": str(export_id)})
        ]

    def test_waits_for_a_storage_that_is_away_and_counts_no_attempt(self, settings):
        ada, storages = make_person(), settings.STORAGES
        export_id = ask_for(ada)
        settings.STORAGES = {**storages, "media": AWAY}
        for _ in range(MAX_ATTEMPTS + 1):
            with pytest.raises(StorageUnavailable):
                make_export(ada.id, export_id, now=clock.now())
        waiting = state_of(ada, export_id)
        settings.STORAGES = storages

        make_export(ada.id, export_id, now=clock.now())

        assert waiting == (WAITING, 0, "")
        assert state_of(ada, export_id) == (READY, 1, "")


class TestResumeExports:
    def test_announces_again_what_nobody_is_at(self):
        ada, ben, now = make_person(), make_person(), clock.now()
        lost, made = ask_for(ada, now=now), ask_for(ben, now=now)
        make_export(ben.id, made, now=now)

        due = now + HEARD_WITHIN
        told = [resume_exports(now=due + timedelta(seconds=seconds)) for seconds in (0, 1, 2)]
        drain(times=2)

        assert told == [0, 1, 0]
        assert state_of(ada, lost) == (READY, 1, "")

    def test_lets_the_claim_of_one_go_that_died(self, workers):
        ada, now = make_person(), clock.now()
        export_id = ask_for(ada, now=now)
        with stuck(ada):
            worker = workers.begin(ada, export_id, now=now)
            _until_attempt(1, ada, export_id)
            worker.kill()

        told = [resume_exports(now=clock.now() + moment) for moment in (timedelta(0), 2 * CLAIM)]
        drain(times=2)

        assert told == [0, 1]
        assert state_of(ada, export_id) == (READY, 2, "")


class TestProgress:
    def test_is_told_once_a_second_at_most_and_never_goes_back(self, monkeypatch):
        ada = make_person()
        export_id = ask_for(ada)
        row = _claimed(ada, export_id)
        pulse = making._Pulse(row)

        for progress in (10, 20, 30):
            pulse.tell(progress)
        silent = announced("exports.export_progressed.v1")
        monkeypatch.setattr(making, "_TELL_AFTER_S", 0.0)
        for progress in (40, 40, 60):
            pulse.tell(progress)

        assert silent == []
        assert [each["progress"] for each in announced("exports.export_progressed.v1")] == [40, 60]
        assert export_of(ada, export_id).progress == 60


def _claimed(person, export_id):
    with writing_for(person.id):
        rows = Export.objects.of(person.id).filter(id=export_id)
        rows.update(state=RUNNING, attempts=1, claimed_until=clock.now() + CLAIM)
    return export_of(person, export_id)


def _until_attempt(number, person, export_id):
    """Wait until somebody has begun to make an export for the n-th time."""
    until(lambda: export_of(person, export_id).attempts == number)
