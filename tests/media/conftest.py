"""Both storages, with servers that clients really reach."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from modules.media.storages import MediaStorage
from modules.media.storages.files import FileMediaStorage
from modules.media.storages.s3 import S3MediaStorage
from modules.media.storages.server import MediaServer
from modules.media.storages.signing import Signer
from tests.kit.storages import run_bucket

SECRET = "k" * 40
ORIGIN = "https://app.example.org"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileMediaStorage]:
    """A folder and its server."""
    place = tmp_path_factory.mktemp("media")
    application = MediaServer(folder=place, signer=Signer([SECRET]), origins={ORIGIN})
    with make_server("127.0.0.1", 0, application, server_class=WSGIServer, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield FileMediaStorage(location=str(place), base_url=url, secrets=[SECRET])
        server.shutdown()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3MediaStorage]:
    """A bucket of a SeaweedFS."""
    with run_bucket(tmp_path_factory.mktemp("weed")) as storage:
        yield storage


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest) -> MediaStorage:
    made: MediaStorage = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def deployed(settings: Any, storage: Any) -> Iterator[MediaStorage]:
    """Have the application use it, and empty it afterwards."""
    if isinstance(storage, FileMediaStorage):
        backend = "modules.media.storages.files.FileMediaStorage"
        options = {"location": storage.location, "base_url": storage.public_url("")[:-1], "secrets": [SECRET]}
    else:
        backend = "modules.media.storages.s3.S3MediaStorage"
        options = {
            "bucket": storage.bucket_name,
            "region": storage.region_name,
            "endpoint": storage.endpoint_url,
            "public_endpoint": storage.endpoint_url.replace("127.0.0.1", "localhost"),
            "base_url": "",
            "access_key": storage.access_key,
            "secret_key": storage.secret_key,
        }
    settings.STORAGES = {**settings.STORAGES, "media": {"BACKEND": backend, "OPTIONS": options}}
    used: MediaStorage = storage
    yield used
    used.delete(
        [
            key
            for folder in ("incoming/", "media/", "public/", "downloads/")
            for key in used.list_folder(folder)
        ]
    )
