"""What nobody shows any more goes, with its files, and a CDN is told."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from modules.kernel import clock
from modules.media.models import Media
from modules.media.public import attach_media
from modules.media.services.media import delete_media
from modules.media.services.purges import purge_orphans
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from modules.posts.services.posts import delete_post
from sharding.scope import writing_for
from tests.kit.delivery import drain, relay_some, undelivered
from tests.kit.media import announce, files_of, make_media, put
from tests.kit.people import make_person
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


def exist(*media_ids: int) -> list[bool]:
    found = {row.id for row in Media.objects.gather(media_ids, on_primary=True)}
    return [id in found for id in media_ids]


class TestPurgeOrphans:
    def test_deletes_what_nothing_shows_after_a_day(self):
        ada, grace = make_person(), make_person()
        shown, orphan, awaiting = make_media(ada), make_media(grace), announce(ada)
        put(awaiting, b"x")
        with writing_for(ada.id):
            attach_media(ada.id, [shown], to=42)
        now = clock.now()

        assert [purge_orphans(now=now + timedelta(hours=hours)) for hours in (23, 25, 25)] == [0, 2, 0]

        drain(times=2)
        assert exist(shown, orphan, awaiting) == [True, False, False]
        assert [files_of(id) == [] for id in (shown, orphan, awaiting)] == [False, True, True]

    def test_deletes_uploads_that_came_too_late_for_anybody(self):
        put(12345, b"x")

        purge_orphans(now=clock.now() + timedelta(hours=25))

        assert media_storage().find(upload_key(12345)) is None


class TestDeleteAttached:
    def test_goes_with_the_post(self):
        ada = make_person()
        post_id, other_id = publish(ada), publish(ada)
        gone, stays = make_media(ada), make_media(ada)
        with writing_for(ada.id):
            attach_media(ada.id, [gone], to=post_id)
            attach_media(ada.id, [stays], to=other_id)

        delete_post(ada.id, post_id, now=clock.now())
        drain(times=2)

        assert exist(gone, stays) == [False, True]
        assert files_of(gone) == []


class Hook(BaseHTTPRequestHandler):
    heard: list[object]
    statuses: list[int]

    def do_POST(self):
        type(self).heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(type(self).statuses.pop(0))
        self.end_headers()

    def log_message(self, *_):
        pass


class TestPurgeHook:
    def test_hears_what_to_forget_until_it_takes_it(self, settings):
        Hook.heard, Hook.statuses = [], [500, 200]
        ada = make_person()
        media_id = make_media(ada)
        drain()
        with HTTPServer(("127.0.0.1", 0), Hook) as server:
            settings.MEDIA = replace(settings.MEDIA, purge_url=f"http://127.0.0.1:{server.server_port}/purge")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            delete_media(ada.id, media_id)
            relay_some()
            waiting = [subscriber for subscriber, _ in undelivered()]
            while undelivered():
                relay_some()
            server.shutdown()

        base = "http://127.0.0.1:8001"
        prefixes = {"prefixes": [f"{base}/media/{media_id}/", f"{base}/public/{media_id}/"]}
        assert waiting == ["media.delete_files_of_deleted"]
        assert Hook.heard == [prefixes, prefixes]
