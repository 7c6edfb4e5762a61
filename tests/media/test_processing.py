"""From an upload to what is shown, whatever dies in between."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from PIL import Image

from modules.kernel import clock
from modules.media.models import Media
from modules.media.schemas import FAILED, PROCESSING, READY
from modules.media.selectors.cards import CARDS
from modules.media.services.media import delete_media
from modules.media.services.processing import CLAIM, process_upload, resume_processing
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from sharding.scope import writing_for
from tests.kit.delivery import announced, drain
from tests.kit.machines import until
from tests.kit.media import announce, files_of, jpeg, make_media, mp4, put, row_of, upload
from tests.kit.people import Person, make_person
from tests.kit.workers import run_workers

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def workers(make_machines, tmp_path_factory):
    """Processes that begin to process an upload when they are told to."""
    with run_workers(make_machines().env, tmp_path_factory.mktemp("workers") / "log") as started:
        yield started


def slow() -> bytes:
    """Return a picture that takes a second or two to be made anew: long enough to be met in the middle."""
    frames = [Image.effect_noise((600, 600), 40).convert("P") for _ in range(3)] * 10
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:], duration=40)
    return content.getvalue()


def until_attempt(number: int, owner: Person, media_id: int) -> None:
    """Wait until somebody has begun to process an upload for the n-th time."""
    until(lambda: row_of(owner, media_id).attempts == number)


def outcome_of(owner, media_id):
    row = row_of(owner, media_id)
    return row.state, row.reason, files_of(media_id)


class TestProcessUpload:
    def test_makes_variants_and_keeps_nothing_else(self):
        ada = make_person()
        media_id = upload(ada, jpeg(1200, 800))

        drain(times=2)

        row = row_of(ada, media_id)
        assert (row.state, row.width, row.height, row.attempts) == (READY, 1200, 800, 1)
        assert files_of(media_id) == sorted(variant["key"] for variant in row.variants)
        assert {v["name"]: (v["width"], v["height"]) for v in row.variants if v["type"] == "image/webp"} == {
            "thumb": (320, 213),
            "feed": (1080, 720),
            "full": (1200, 800),
        }
        card = CARDS.get_many([media_id])[media_id].json
        assert b'"state":"ready"' in card
        assert f'"url":"~/media/{media_id}/1/thumb.webp"'.encode() in card

    def test_leaves_no_trace_of_where_it_was_taken(self, tmp_path):
        ada, content = make_person(), io.BytesIO()
        exif = Image.Exif()
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "Camera of Ada"
        Image.new("RGB", (64, 64)).save(content, "JPEG", exif=exif)
        assert b"Camera of Ada" in content.getvalue()

        media_id = make_media(ada, content.getvalue())

        keys = files_of(media_id)
        for key in keys:
            media_storage().download(key, tmp_path / "file")
            assert b"Camera of Ada" not in (tmp_path / "file").read_bytes()
        assert len(keys) == len(row_of(ada, media_id).variants)

    def test_refuses_what_is_no_picture_and_goes_on(self):
        ada = make_person()
        media_ids = [upload(ada, content) for content in (b"<svg/>", jpeg(64, 48))]

        drain()

        assert [row_of(ada, id).state for id in media_ids] == [FAILED, READY]
        assert outcome_of(ada, media_ids[0]) == (FAILED, "unsupported_type", [])

    def test_takes_a_file_for_what_it_is_and_holds_it_to_its_checksum(self):
        ada, content = make_person(), jpeg(64, 48)
        right, wrong = hashlib.sha256(content).hexdigest(), "0" * 64

        found = [make_media(ada, content, "image/png", sha256=sha) for sha in (right, wrong)]

        assert [(row_of(ada, id).type, row_of(ada, id).reason) for id in found] == [
            ("image/jpeg", ""),
            ("image/png", "checksum_differs"),
        ]

    def test_keeps_a_video_as_it_came_if_it_begins_as_one(self):
        ada = make_person()

        video, picture = make_media(ada, mp4(), "video/mp4"), make_media(ada, jpeg(), "video/mp4")

        assert outcome_of(ada, video) == (READY, "", [f"media/{video}/1/original.mp4"])
        assert row_of(ada, video).variants[0]["bytes"] == len(mp4())
        assert outcome_of(ada, picture) == (FAILED, "type_differs", [])

    def test_gives_a_killer_one_more_try(self, workers):
        ada = make_person()
        killer, other = upload(ada, slow()), upload(ada)
        now = clock.now()

        for attempt in (1, 2):
            worker = workers.begin(ada, killer, now=now + (attempt - 1) * CLAIM)
            until_attempt(attempt, ada, killer)
            worker.kill()
        process_upload(ada.id, killer, now=now + 2 * CLAIM)
        process_upload(ada.id, other, now=now)

        assert outcome_of(ada, killer) == (FAILED, "unprocessable", [])
        assert row_of(ada, other).state == READY

    def test_goes_on_with_the_next_when_a_file_kills_its_child(self, workers):
        ada = make_person()
        killer, other = upload(ada, slow()), upload(ada)

        worker = workers.begin(ada, killer, other, now=clock.now())
        worker.kill_child()
        worker.wait()

        assert outcome_of(ada, killer) == (FAILED, "unprocessable", [])
        assert (row_of(ada, killer).attempts, row_of(ada, other).state) == (1, READY)

    def test_is_one_workers_until_its_claim_is_over(self, workers):
        ada = make_person()
        media_id, now = upload(ada, slow()), clock.now()
        worker = workers.begin(ada, media_id, now=now)
        until_attempt(1, ada, media_id)
        worker.freeze()

        process_upload(ada.id, media_id, now=now + CLAIM - timedelta(seconds=1))

        row = row_of(ada, media_id)
        assert (row.state, row.attempts) == (PROCESSING, 1)
        worker.thaw()
        worker.wait()
        assert (row_of(ada, media_id).state, row_of(ada, media_id).attempts) == (READY, 1)

    def test_takes_its_files_away_if_it_is_too_late(self, workers):
        ada, now = make_person(), clock.now()
        overtaken, deleted = upload(ada, slow()), upload(ada, slow())
        late = [workers.begin(ada, id, now=now) for id in (overtaken, deleted)]
        for media_id, worker in zip((overtaken, deleted), late, strict=True):
            until_attempt(1, ada, media_id)
            worker.freeze()

        process_upload(ada.id, overtaken, now=now + CLAIM)
        delete_media(ada.id, deleted)
        drain()
        for worker in late:
            worker.thaw()
            worker.wait()

        row = row_of(ada, overtaken)
        assert (row.state, row.attempts) == (READY, 2)
        assert files_of(overtaken) == sorted(variant["key"] for variant in row.variants)
        assert {key.split("/")[2] for key in files_of(overtaken)} == {"2"}
        assert (Media.objects.of(ada.id).filter(id=deleted).count(), files_of(deleted)) == (0, [])

    def test_takes_away_what_an_attempt_that_died_has_left(self, workers):
        ada = make_person()
        media_id, now = upload(ada, slow()), clock.now()
        worker = workers.begin(ada, media_id, now=now)
        until_attempt(1, ada, media_id)
        # Whoever holds the row keeps the worker from its end, with all files made.
        with writing_for(ada.id):
            Media.objects.of(ada.id).select_for_update().get(id=media_id)
            until(lambda: len(files_of(media_id)) == 1 + 4)
            worker.kill()
        assert row_of(ada, media_id).state == PROCESSING

        process_upload(ada.id, media_id, now=now + CLAIM)

        assert row_of(ada, media_id).state == READY
        assert {key.split("/")[2] for key in files_of(media_id)} == {"2"}


class TestResumeProcessing:
    def test_announces_again_what_nobody_ended(self):
        ada = make_person()
        media_id, ended, awaiting = upload(ada), make_media(ada), announce(ada)
        put(awaiting, b"x")
        drain_claims = clock.now() + timedelta(minutes=6)
        with writing_for(ada.id):
            Media.objects.of(ada.id).filter(id=media_id).update(attempts=1)

        assert [resume_processing(now=clock.now()), resume_processing(now=drain_claims)] == [0, 1]

        assert [event["media_id"] for event in announced("media.media_uploaded.v1")] == [
            media_id,
            ended,
            media_id,
        ]
        assert row_of(ada, media_id).state == PROCESSING
        assert media_storage().find(upload_key(media_id)) is not None
