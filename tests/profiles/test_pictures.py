"""Avatars and covers: ready pictures of one's own, shown to everybody by addresses that stay."""

from __future__ import annotations

import pytest

from modules.media.services.purges import purge_orphans
from tests.kit.http import call
from tests.kit.media import files_of, make_media, row_of, upload
from tests.kit.people import NOON, make_person, sign_up

pytestmark = pytest.mark.django_db


class TestEditMe:
    def test_shows_them_to_everybody_at_once(self):
        ada = sign_up("ada")
        avatar, cover = (make_media(ada, purpose=purpose, alt=purpose) for purpose in ("avatar", "cover"))
        call("GET", f"/v1/users/{ada.id}")
        change = {"avatar_id": str(avatar), "cover_id": str(cover), "is_private": True}

        answer = call("PATCH", "/v1/me", change, as_=ada, If_Match="*")

        assert answer.status == 200
        shown = call("GET", f"/v1/users/{ada.id}").body["data"]
        base = f"http://127.0.0.1:8001/public/{avatar}/1"
        assert (shown["avatar"]["media_id"], shown["avatar"]["alt"]) == (str(avatar), "avatar")
        assert shown["avatar"]["urls"] == {name: f"{base}/{name}.webp" for name in ("thumb", "feed", "full")}
        assert shown["cover"]["media_id"] == str(cover)
        assert all(key.startswith("public/") for key in files_of(avatar))

    def test_takes_them_away_again(self):
        ada = sign_up("ada")
        first, second = (make_media(ada, purpose="avatar") for _ in range(2))

        for media_id in (first, second):
            call("PATCH", "/v1/me", {"avatar_id": str(media_id)}, as_=ada, If_Match="*")
        kept = [row_of(ada, id).attached_to for id in (first, second)]
        answer = call("PATCH", "/v1/me", {"avatar_id": None}, as_=ada, If_Match="*")

        assert kept == [None, ada.id]
        assert (answer.body["data"]["avatar"], row_of(ada, second).attached_to) == (None, None)

    def test_refuses_what_is_no_ready_picture_of_that_purpose(self):
        ada, grace = sign_up("ada"), make_person()
        unfit = [
            make_media(ada),
            make_media(ada, purpose="cover"),
            upload(ada, purpose="avatar"),
            make_media(grace, purpose="avatar"),
            12345,
        ]

        answers = [call("PATCH", "/v1/me", {"avatar_id": str(id)}, as_=ada, If_Match="*") for id in unfit]

        assert {(a.status, a.body["code"], a.body["errors"][0]["pointer"]) for a in answers} == {
            (422, "media_unfit", "/avatar_id")
        }
        assert call("GET", "/v1/me", as_=ada).body["data"]["avatar"] is None

    def test_keeps_them_from_being_purged(self):
        ada = sign_up("ada")
        avatar = make_media(ada, purpose="avatar")
        call("PATCH", "/v1/me", {"avatar_id": str(avatar)}, as_=ada, If_Match="*")

        purge_orphans(now=NOON.replace(year=2030))

        assert row_of(ada, avatar).attached_to == ada.id
