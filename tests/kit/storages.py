"""Storages of media that clients really reach: a bucket of a SeaweedFS, which checks what S3 checks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from deploy.embedded.ports import free_port
from modules.media.storages.s3 import S3MediaStorage
from tests.kit.machines import until

BUCKET, ACCESS_KEY, SECRET_KEY = "banyan-media", "banyan", "banyan-secret"
IDENTITIES = """{"identities": [{"name": "banyan", "credentials": [{"accessKey": "banyan",
    "secretKey": "banyan-secret"}], "actions": ["Admin"]}]}"""


@contextmanager
def run_bucket(place: Path) -> Iterator[S3MediaStorage]:
    """Run a SeaweedFS with a bucket; nothing but loopback, and no port of its own choice."""
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
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "HOME": str(place)})
        try:
            storage = S3MediaStorage(
                bucket=BUCKET,
                region="us-east-1",
                endpoint=f"http://127.0.0.1:{s3}",
                # Another name for the same server: what is signed holds for that host alone.
                public_endpoint=f"http://localhost:{s3}",
                base_url="",
                access_key=ACCESS_KEY,
                secret_key=SECRET_KEY,
            )
            until(lambda: _has_bucket(storage), within=60)
            yield storage
        finally:
            server.kill()
            server.wait()


def _has_bucket(storage: S3MediaStorage) -> bool:
    try:
        storage._client().create_bucket(Bucket=BUCKET)
    except (BotoCoreError, ClientError):
        return False
    return True
