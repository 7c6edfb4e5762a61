"""Both storages, with servers that clients really reach."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from deploy.embedded.ports import free_port
from modules.media.storages import MediaStorage
from modules.media.storages.files import FileMediaStorage
from modules.media.storages.s3 import S3MediaStorage
from modules.media.storages.server import MediaServer
from modules.media.storages.signing import Signer
from tests.kit.machines import until

SECRET = "k" * 40
ORIGIN = "https://app.example.org"
IDENTITIES = """{"identities": [{"name": "banyan", "credentials": [{"accessKey": "banyan",
    "secretKey": "banyan-secret"}], "actions": ["Admin"]}]}"""


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
    """A bucket of a SeaweedFS; nothing but loopback, and no port of its own choice."""
    place = tmp_path_factory.mktemp("weed")
    (place / "s3.json").write_text(IDENTITIES)
    s3, *others = [free_port() for _ in range(9)]
    names = (
        "master.port",
        "volume.port",
        "filer.port",
        "master.port.grpc",
        "volume.port.grpc",
        "filer.port.grpc",
        "s3.port.grpc",
    )
    ports = [f"-{name}={port}" for name, port in zip(names, others, strict=False)]
    words = [
        str(Path(sys.executable).with_name("weed")),
        *("-logtostderr=true", "server", f"-dir={place}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *("-master.volumeSizeLimitMB=16", "-volume.max=8", "-s3", f"-s3.port={s3}", *ports),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={place / 's3.json'}"),
    ]
    endpoint = f"http://127.0.0.1:{s3}"
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "HOME": str(place)})
        try:
            storage = S3MediaStorage(
                bucket="banyan-media",
                region="us-east-1",
                endpoint=endpoint,
                # Another name for the same server: what is signed holds for that host alone.
                public_endpoint=f"http://localhost:{s3}",
                base_url="",
                access_key="banyan",
                secret_key="banyan-secret",
            )
            until(lambda: _has_bucket(storage), within=60)
            yield storage
        finally:
            server.kill()
            server.wait()


def _has_bucket(storage: S3MediaStorage) -> bool:
    try:
        storage._client().create_bucket(Bucket="banyan-media")
    except (BotoCoreError, ClientError):
        return False
    return True


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
    used.delete([key for folder in ("incoming/", "media/", "public/") for key in used.list_folder(folder)])
