"""Media as their owners see, edit and delete them, and who may show them."""

from __future__ import annotations

import pytest

from modules.media.errors import MediaInUse, MediaNotFound, MediaUnfit
from modules.media.models import Media
from modules.media.public import attach_media, release_media, use_picture
from modules.media.selectors.cards import CARDS
from modules.media.services.media import delete_media
from sharding.scope import writing_for
from tests.kit.delivery import announced, drain
from tests.kit.http import call
from tests.kit.media import announce, files_of, make_media, row_of, upload
from tests.kit.people import Person, make_person, sign_up

pytestmark = pytest.mark.django_db


def attach(owner: Person, *media_ids: int, to: int = 42, held_by: int | None = None) -> None:
    with writing_for(owner.id):
        attach_media(owner.id, media_ids, to=to, held_by=held_by)


class TestEdit:
    def test_changes_what_was_sent_and_shows_it_at_once(self):
        ada = sign_up("ada")
        media_id = make_media(ada, alt="An oak")
        CARDS.get_many([media_id])
        path = f"/v1/media/{media_id}"
        seen = call("GET", path, as_=ada)

        edited = call("PATCH", path, {"focus": {"x": 1, "y": 0}}, as_=ada, If_Match=seen.headers["ETag"])
        stale = call("PATCH", path, {"alt": "No"}, as_=ada, If_Match=seen.headers["ETag"])

        assert (edited.status, edited.body["alt"], edited.body["focus"]) == (
            200,
            "An oak",
            {"x": 1.0, "y": 0.0},
        )
        assert (stale.status, row_of(ada, media_id).alt) == (412, "An oak")
        assert b'"focus":{"x":1.0,"y":0.0}' in CARDS.get_many([media_id])[media_id].json

    def test_is_not_for_others(self):
        media_id = make_media(sign_up("ada"))

        refused = call("PATCH", f"/v1/media/{media_id}", {"alt": "x"}, as_=sign_up("grace"))

        assert (refused.status, refused.body["code"]) == (404, "media_not_found")


class TestDelete:
    def test_takes_row_card_and_files(self):
        ada = make_person()
        media_id = make_media(ada)
        CARDS.get_many([media_id])

        delete_media(ada.id, media_id)

        assert (Media.objects.of(ada.id).on_primary().count(), CARDS.get_many([media_id])) == (0, {})
        drain(times=2)
        assert files_of(media_id) == []
        with pytest.raises(MediaNotFound):
            delete_media(ada.id, media_id)

    def test_is_refused_while_the_profile_shows_it(self):
        ada = make_person()
        media_id = make_media(ada, purpose="avatar")
        with writing_for(ada.id):
            use_picture(ada.id, media_id, purpose="avatar", field="avatar_id")

        with pytest.raises(MediaInUse):
            delete_media(ada.id, media_id)

        assert announced("media.media_deleted.v1") == []


class TestAttachMedia:
    def test_takes_what_is_uploaded_and_free(self):
        ada = make_person()
        ready, processing = make_media(ada), upload(ada)

        attach(ada, ready, processing, to=42)
        attach(ada, processing, to=43, held_by=42)

        assert [row_of(ada, id).attached_to for id in (ready, processing)] == [42, 43]

    def test_refuses_all_if_one_is_not_fit(self):
        ada, other = make_person(shard=7), make_person(shard=4000)
        same_shard = make_person(shard=7)
        fit, failed = make_media(ada), make_media(ada, b"no picture")
        in_use, avatar = make_media(ada), make_media(ada, purpose="avatar")
        attach(ada, in_use)
        unfit = [failed, in_use, avatar, announce(ada), make_media(other), make_media(same_shard), 12345]

        for media_id in unfit:
            with pytest.raises(MediaUnfit):
                attach(ada, fit, media_id)
        with pytest.raises(MediaUnfit):
            attach(ada, fit, fit)

        assert row_of(ada, fit).attached_to is None

    def test_is_undone_but_for_what_stays(self):
        ada = make_person()
        kept, released = make_media(ada), make_media(ada)
        attach(ada, kept, released, to=42)

        with writing_for(ada.id):
            release_media(ada.id, held_by=42, but=[kept])

        assert [row_of(ada, id).attached_to for id in (kept, released)] == [42, None]
