"""One contract, held by a bucket of an S3 server and by a folder's own server."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.ports import free_port
from modules.kernel import clock
from modules.media.errors import StorageUnavailable
from modules.media.storages import MediaStorage, Stored
from modules.media.storages.s3 import S3MediaStorage
from tests.kit.media import send_form

ORIGIN = "https://app.example.org"
KEY = "incoming/12345"


def form(storage: MediaStorage, key: str = KEY, *, seconds: int = 60) -> Any:
    until = clock.now() + timedelta(seconds=seconds)
    return storage.sign_upload(key, type="image/jpeg", max_bytes=100, until=until)


class TestUpload:
    def test_lets_in_what_was_signed(self, storage):
        answer = send_form(form(storage), b"x" * 100)

        assert (answer.status_code, answer.content) == (204, b"")
        assert storage.find(KEY) == Stored(100, "image/jpeg")
        storage.delete([KEY])
        assert storage.find(KEY) is None

    @pytest.mark.parametrize(
        ("content", "changed", "status"),
        [
            (b"x" * 101, {}, 400),
            (b"", {}, 400),
            (b"x", {"Content-Type": "image/png"}, 403),
            (b"x", {"key": "incoming/54321"}, 403),
            (b"x", {"key": "media/1/1/feed.webp"}, 403),
            (b"x", {"policy": "e30="}, 403),
        ],
    )
    def test_refuses_everything_else(self, storage, content, changed, status):
        answer = send_form(form(storage), content, **changed)

        assert (answer.status_code, storage.find(KEY)) == (status, None)
        assert storage.list_folder("incoming/") == []

    def test_refuses_what_comes_too_late(self, folder):
        assert send_form(form(folder, seconds=-1), b"x").status_code == 403


class TestListing:
    def test_goes_by_pages_and_knows_every_folder(self, storage, tmp_path):
        (tmp_path / "a").write_bytes(b"x")
        names = [str(10**17 + number) for number in range(5)] + [str(10**18 + 7)]
        keys = [f"media/{name}/{attempt}/feed.webp" for name in names for attempt in (1, 2)]
        for key in keys:
            storage.upload(key, tmp_path / "a", type="image/webp")
        storage.upload("public/5/1/feed.webp", tmp_path / "a", type="image/webp")

        walked: list[str] = []
        while page := storage.list_folders("media/", after=walked[-1] if walked else "", limit=2):
            assert len(page) <= 2
            walked += page
        folders = [f"media/{name}/" for name in (names[0], names[3], names[5], "9")]
        found = storage.map_folders(folders)

        assert walked == sorted(names)
        assert found == {folder: [key for key in keys if key.startswith(folder)] for folder in folders}
        storage.delete([*keys, "public/5/1/feed.webp"])
        # Of a folder that is empty the name may stay for a while: this server has real ones.
        assert (storage.map_folders(folders), storage.map_folders([])) == ({each: [] for each in folders}, {})

    def test_of_a_bucket_asks_once_for_a_thousand_neighbors(self, bucket, tmp_path):
        (tmp_path / "a").write_bytes(b"x")
        folders = [f"media/{10**17 + number}/" for number in range(12)]
        for folder in folders:
            bucket.upload(f"{folder}1/feed.webp", tmp_path / "a", type="image/webp")
        asked: list[str] = []
        events = bucket._client().meta.events
        count = lambda model, **_: asked.append(model.name)  # noqa: E731
        events.register("before-call.s3", count)

        found = bucket.map_folders(folders)
        sparse = bucket.map_folders(["media/9/"])

        events.unregister("before-call.s3", count)
        assert (set(found), sparse) == (set(folders), {"media/9/": []})
        assert all(len(keys) == 1 for keys in found.values())
        assert asked == ["ListObjectsV2"] * 2
        bucket.delete([key for keys in found.values() for key in keys])


class TestAddress:
    def test_ends_and_holds_for_one_file(self, storage, tmp_path):
        (tmp_path / "a").write_bytes(b"0123456789")
        storage.upload("media/7/1/feed.webp", tmp_path / "a", type="image/webp")
        storage.upload("media/8/1/feed.webp", tmp_path / "a", type="image/webp")
        now = clock.now()

        url = storage.sign_url("media/7/1/feed.webp", since=now, seconds=600)
        over = storage.sign_url("media/7/1/feed.webp", since=now - timedelta(hours=2), seconds=3600)

        answer = httpx.get(url)
        assert (answer.status_code, answer.content) == (200, b"0123456789")
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=1800, immutable"
        assert httpx.get(url, headers={"Range": "bytes=2-4"}).content == b"234"
        statuses = {
            httpx.get(each).status_code for each in (over, url.replace("/7/", "/8/"), url.partition("?")[0])
        }
        assert statuses == {403}

    def test_of_a_download_is_one_persons_and_kept_nowhere(self, storage, tmp_path):
        (tmp_path / "a").write_bytes(b"0123456789")
        key = "downloads/7/1/banyan-archive-2026-11-27.zip"
        storage.upload(key, tmp_path / "a", type="application/zip")
        now = clock.now()

        url = storage.sign_url(key, since=now, seconds=600)
        over = storage.sign_url(key, since=now - timedelta(hours=2), seconds=3600)

        answer = httpx.get(url)
        assert (answer.status_code, answer.content) == (200, b"0123456789")
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Cache-Control"] == "private, no-store"
        said = answer.headers["Content-Disposition"]
        assert said == 'attachment; filename="banyan-archive-2026-11-27.zip"'
        unsigned = url.partition("?")[0]
        listings = (f"{unsigned.partition('downloads/')[0]}{folder}" for folder in ("", "downloads/"))
        statuses = {httpx.get(each).status_code for each in (over, url.replace("/7/", "/8/"), unsigned)}
        assert statuses == {403}
        assert {httpx.get(each).status_code for each in listings} <= {403, 404}
        storage.delete([key])
        assert httpx.get(url).status_code == 404

    def test_is_the_same_for_equal_moments(self, storage):
        since = datetime(2026, 11, 27, 4, tzinfo=UTC)

        assert len({storage.sign_url("media/7/1/a.webp", since=since, seconds=60) for _ in range(2)}) == 1

    def test_is_a_cdns_where_one_stands_before_the_bucket(self, bucket):
        cdn = S3MediaStorage(
            bucket="banyan-media",
            region="us-east-1",
            endpoint="http://storage:8333",
            public_endpoint="https://storage.example.org",
            base_url="https://cdn.example.org",
            access_key="banyan",
            secret_key="banyan-secret",
        )

        url = cdn.sign_url("media/7/1/a.webp", since=clock.now(), seconds=60)

        assert url.startswith("https://cdn.example.org/media/7/1/a.webp?X-Amz-")
        assert cdn.public_url("public/7/1/a.webp") == "https://cdn.example.org/public/7/1/a.webp"
        assert form(cdn).url == "https://storage.example.org/banyan-media"


class TestFiles:
    def test_are_moved_listed_read_and_deleted(self, storage, tmp_path):
        (tmp_path / "a").write_bytes(b"0123456789")
        storage.upload("incoming/9", tmp_path / "a", type="video/mp4")

        for _ in range(2):
            storage.move("incoming/9", "media/9/1/original.mp4", type="video/mp4")

        assert storage.find("incoming/9") is None
        assert storage.find("media/9/1/original.mp4") == Stored(10, "video/mp4")
        assert storage.list_folder("media/9/") == ["media/9/1/original.mp4"]
        assert storage.read_start("media/9/1/original.mp4", 4) == b"0123"
        storage.download("media/9/1/original.mp4", tmp_path / "b")
        assert (tmp_path / "b").read_bytes() == b"0123456789"
        for _ in range(2):
            storage.delete(["media/9/1/original.mp4"])
        assert storage.list_folder("media/9/") == []

    def test_that_were_uploaded_and_never_taken_are_deleted(self, storage):
        send_form(form(storage), b"x")

        assert storage.delete_uploads(before=clock.now() - timedelta(hours=1)) == 0
        assert storage.find(KEY) is not None
        storage.delete_uploads(before=clock.now() + timedelta(hours=1))
        assert storage.find(KEY) is None

    def test_are_unavailable_if_nobody_answers(self):
        away = S3MediaStorage(
            bucket="banyan-media",
            region="us-east-1",
            endpoint=f"http://127.0.0.1:{free_port()}",
            public_endpoint="",
            base_url="",
            access_key="banyan",
            secret_key="banyan-secret",
        )

        with pytest.raises(StorageUnavailable):
            away.find(KEY)


class TestServer:
    def test_lets_pages_of_known_origins_upload_with_progress(self, folder):
        url = form(folder).url
        asked = {"Access-Control-Request-Method": "POST"}

        known = httpx.options(url, headers={"Origin": ORIGIN, **asked})
        unknown = httpx.options(url, headers={"Origin": "https://evil.example.org", **asked})

        assert known.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Access-Control-Allow-Origin" not in unknown.headers

    def test_serves_public_files_to_anybody_and_runs_nothing(self, folder, tmp_path):
        (tmp_path / "a").write_bytes(b"x")
        folder.upload("public/7/1/thumb.webp", tmp_path / "a", type="image/webp")

        answer = httpx.get(folder.public_url("public/7/1/thumb.webp"))

        assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize(
        "path", ["public/7/1/../../../x", "public/7/1/.thumb.webp", "incoming/12345", "etc/passwd"]
    )
    def test_knows_no_other_files(self, folder, path):
        send_form(form(folder), b"x")

        assert httpx.get(f"{folder.public_url('')}{path}").status_code == 404

    @pytest.mark.parametrize("body", [b"", b"x", b"--b\r\nx", b"--b\r\n" + b"x" * 9000])
    def test_refuses_what_is_no_form(self, folder, body):
        answer = httpx.post(
            form(folder).url, content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
        )

        assert answer.status_code == 400
        assert [
            name for name in os.listdir(Path(folder.location) / "incoming") if name.endswith(".part")
        ] == []
