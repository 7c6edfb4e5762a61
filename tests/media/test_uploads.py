"""Uploads: what may begin, what counts as arrived, and that it is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from modules.kernel import clock
from modules.kernel.limits import LimitReached
from modules.media.errors import MediaNotFound, UploadExpired, UploadMissing
from modules.media.schemas import NewMedia
from modules.media.services.uploads import complete_upload, create_media
from sharding.errors import AlreadyDone
from sharding.scope import Once
from tests.kit.delivery import announced
from tests.kit.http import call
from tests.kit.media import announce, put, row_of, upload
from tests.kit.people import make_person, sign_up

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


class TestCreateMedia:
    def test_answers_the_media_and_how_to_upload_it(self):
        ada = sign_up("ada")
        new = {"type": "image/jpeg", "bytes": 1000, "alt": "An oak", "focus": {"x": 0.5, "y": 0.25}}

        made = call("POST", "/v1/media", new, as_=ada)

        assert made.status == 201
        assert {
            name: made.body[name] for name in ("kind", "state", "type", "bytes", "alt", "focus", "purpose")
        } == {
            "kind": "image",
            "state": "awaiting",
            "purpose": "post",
            **new,
        }
        assert made.body["variants"] == []
        upload = made.body["upload"]
        assert (upload["method"], upload["url"]) == ("POST", "http://127.0.0.1:8001/")
        assert (upload["fields"]["key"], upload["fields"]["Content-Type"]) == (
            f"incoming/{made.body['id']}",
            "image/jpeg",
        )

    @pytest.mark.parametrize(
        ("new", "status", "code", "pointer"),
        [
            ({"type": "image/svg+xml", "bytes": 1}, 400, "bad_request", "/type"),
            ({"type": "image/jpeg"}, 400, "bad_request", "/bytes"),
            ({"type": "image/jpeg", "bytes": 0}, 400, "bad_request", "/bytes"),
            ({"type": "image/jpeg", "bytes": -1}, 400, "bad_request", "/bytes"),
            ({"type": "image/jpeg", "bytes": 20 * MB + 1}, 422, "media_too_large", "/bytes"),
            ({"type": "video/mp4", "bytes": 500 * MB + 1}, 422, "media_too_large", "/bytes"),
            ({"type": "video/mp4", "bytes": 1, "purpose": "avatar"}, 422, "media_unfit", "/purpose"),
            ({"type": "image/jpeg", "bytes": 1, "key": "../x"}, 400, "bad_request", "/key"),
            ({"type": "image/jpeg", "bytes": 1, "alt": "x" * 1501}, 400, "bad_request", "/alt"),
            ({"type": "image/jpeg", "bytes": 1, "focus": {"x": 1.1, "y": 0}}, 400, "bad_request", "/focus/x"),
            ({"type": "image/jpeg", "bytes": 1, "sha256": "x"}, 400, "bad_request", "/sha256"),
        ],
    )
    def test_refuses_what_no_file_of_its_kind_may_be(self, new, status, code, pointer):
        refused = call("POST", "/v1/media", new, as_=sign_up("ada"))

        assert (refused.status, refused.body["errors"][0]["pointer"]) == (status, pointer)
        assert status == 400 or refused.body["code"] == code

    def test_takes_sixty_in_half_an_hour(self, settings):
        settings.LIMITS = replace(settings.LIMITS, is_on=True)
        ada, grace = make_person(), make_person()
        for _ in range(60):
            announce(ada)

        with pytest.raises(LimitReached):
            announce(ada)
        announce(grace)

    def test_is_done_once_and_a_repeat_costs_nothing(self, settings):
        settings.LIMITS = replace(settings.LIMITS, is_on=True)
        ada, once = make_person(), Once(scope="create_media", key="k")
        new = NewMedia(type="image/png", bytes=10)
        first = create_media(ada.id, new, now=clock.now(), once=once)

        with pytest.raises(AlreadyDone) as repeat:
            create_media(ada.id, new, now=clock.now(), once=once)

        assert repeat.value.body == first.json_bytes()
        for _ in range(59):
            announce(ada)


class TestCompleteUpload:
    def test_has_what_arrived_processed_once_however_often_it_is_said(self):
        ada = sign_up("ada")
        media_id = announce(ada, b"x" * 9)
        put(media_id, b"x" * 7)
        path = f"/v1/media/{media_id}/upload-status"

        answers = [call("PUT", path, {"status": "complete"}, as_=ada) for _ in range(2)]

        assert [(a.status, a.body["state"], a.body["bytes"]) for a in answers] == [(202, "processing", 7)] * 2
        assert announced("media.media_uploaded.v1") == [{"media_id": media_id, "owner_id": ada.id}]

    @pytest.mark.parametrize(
        ("content", "type"), [(None, ""), (b"x" * 11, "image/jpeg"), (b"x", "image/png")]
    )
    def test_refuses_what_did_not_arrive_as_announced(self, content, type):
        ada = make_person()
        media_id = announce(ada, b"x" * 10)
        if content is not None:
            put(media_id, content, type=type)

        with pytest.raises(UploadMissing):
            complete_upload(ada.id, media_id, now=clock.now())

        assert (row_of(ada, media_id).state, announced("media.media_uploaded.v1")) == (0, [])

    def test_is_too_late_some_minutes_after_the_form_has_ended(self):
        ada = make_person()
        media_id = announce(ada)
        put(media_id, b"x")
        ended = clock.now() + timedelta(seconds=settings.MEDIA.upload_s)

        with pytest.raises(UploadExpired):
            complete_upload(ada.id, media_id, now=ended + timedelta(minutes=6))

        assert complete_upload(ada.id, media_id, now=ended).parse().state == "processing"

    def test_knows_nothing_of_others(self):
        ada, same_shard, other = make_person(shard=7), make_person(shard=7), make_person(shard=4000)
        media_id = upload(ada)

        for person in (same_shard, other):
            with pytest.raises(MediaNotFound):
                complete_upload(person.id, media_id, now=clock.now())
