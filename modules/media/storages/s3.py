"""
Media in a bucket of an object storage that speaks S3, which checks uploads and addresses itself.

Workers reach it by one endpoint, and clients by another, for which everything is signed: a signature holds
for one host. A CDN stands in front of that, and asks it by that host's name.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from modules.kernel import clock
from modules.media.errors import StorageUnavailable
from modules.media.schemas import Upload
from modules.media.storages import Stored
from modules.media.storages.keys import UPLOADS, cache_control, content_disposition

# What a request waits for; transfers of workers are tried again, a request is not.
_CONNECT_S, _READ_S = 1, 3
_TRANSFERS = TransferConfig(use_threads=False)
_GONE = (404,)
# Sorts behind every letter of a key.
_BEHIND = "~"


class S3MediaStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """A bucket; nothing in it is public but what lies under `public/`, by the bucket's own policy."""

    def __init__(
        self,
        *,
        bucket: str,
        region: str,
        endpoint: str,
        public_endpoint: str,
        base_url: str,
        access_key: str,
        secret_key: str,
    ) -> None:
        """Keep where the bucket is for workers and for clients, and where a CDN has its files."""
        super().__init__(
            bucket_name=bucket,
            region_name=region,
            endpoint_url=endpoint or None,
            access_key=access_key,
            secret_key=secret_key,
            querystring_auth=True,
            transfer_config=_TRANSFERS,
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=_CONNECT_S,
                read_timeout=_READ_S,
                retries={"total_max_attempts": 2, "mode": "standard"},
            ),
        )
        public = public_endpoint or endpoint or f"https://s3.{region}.amazonaws.com"
        self._public_endpoint = public
        self._base_url = base_url or f"{public}/{bucket}"
        self._host = urlsplit(public).netloc
        self._path = f"{urlsplit(public).path}/{bucket}"
        self._lock = threading.Lock()
        self._presigning: Any = None

    def sign_upload(self, key: str, *, type: str, max_bytes: int, until: datetime) -> Upload:
        """Return the form by which a client may upload one file."""
        seconds = max(1, int((until - clock.now()).total_seconds()))
        signed = self._public_client().generate_presigned_post(
            self.bucket_name,
            key,
            Fields={"Content-Type": type},
            Conditions=[{"Content-Type": type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=seconds,
        )
        return Upload(method="POST", url=signed["url"], fields=signed["fields"], expires_at=until)

    def sign_url(self, key: str, *, since: datetime, seconds: int) -> str:
        """
        Return the address of a file that ends so long after a moment (Signature Version 4).

        By hand: botocore signs as of now, so that each request would get another address, which no cache
        knows, and it takes 300 µs where this takes 10.
        """
        stamp = f"{since:%Y%m%dT%H%M%SZ}"
        scope = f"{stamp[:8]}/{self.region_name}/s3/aws4_request"
        query = (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            f"&X-Amz-Credential={quote(f'{self.access_key}/{scope}', safe='')}"
            f"&X-Amz-Date={stamp}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host"
        )
        path = quote(f"{self._path}/{key}", safe="/~")
        request = f"GET\n{path}\n{query}\nhost:{self._host}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        signing_key = _signing_key(self.secret_key, stamp[:8], self.region_name)
        signature = hmac.digest(signing_key, to_sign.encode(), "sha256").hex()
        return f"{self._base_url}/{quote(key)}?{query}&X-Amz-Signature={signature}"

    def public_url(self, key: str) -> str:
        """Return the address of a file that everybody may fetch."""
        return f"{self._base_url}/{quote(key)}"

    def find(self, key: str) -> Stored | None:
        """Return what is known of a file, or None if there is none."""
        with _reaching():
            try:
                head = self._client().head_object(Bucket=self.bucket_name, Key=key)
            except ClientError as error:
                if _status_of(error) in _GONE:
                    return None
                raise
        return Stored(head["ContentLength"], head.get("ContentType", ""))

    def download(self, key: str, target: Path) -> None:
        """Write a file's content to a local one."""
        with _reaching():
            self._client().download_file(self.bucket_name, key, str(target), Config=_TRANSFERS)

    def read_start(self, key: str, length: int) -> bytes:
        """Return the first bytes of a file."""
        with _reaching():
            found = self._client().get_object(Bucket=self.bucket_name, Key=key, Range=f"bytes=0-{length - 1}")
            content: bytes = found["Body"].read()
        return content

    def upload(self, key: str, source: Path, *, type: str) -> None:
        """Put a local file, which a later one of that key replaces."""
        with _reaching():
            self._client().upload_file(
                str(source), self.bucket_name, key, ExtraArgs=_headers(key, type), Config=_TRANSFERS
            )

    def move(self, key: str, to: str, *, type: str) -> None:
        """Copy a file within the bucket and delete it where it was; done again, it changes nothing."""
        if self.find(key) is None:
            return
        with _reaching():
            source = {"Bucket": self.bucket_name, "Key": key}
            extra = {**_headers(to, type), "MetadataDirective": "REPLACE"}
            self._client().copy(source, self.bucket_name, to, ExtraArgs=extra, Config=_TRANSFERS)
        self.delete([key])

    def list_folder(self, folder: str) -> list[str]:
        """Return the keys in a folder."""
        with _reaching():
            return [found["Key"] for found in self._list(folder)]

    def map_folders(self, folders: list[str]) -> dict[str, list[str]]:
        """Return the keys in each of some folders, which lie in one; a thousand of neighbors at a time."""
        found: dict[str, list[str]] = {folder: [] for folder in folders}
        parent, read_to = folders[0].partition("/")[0] + "/" if folders else "", ""
        for folder in sorted(folders):
            while read_to < folder + _BEHIND:
                page = self._page(Prefix=parent, StartAfter=max(read_to, folder))
                keys = [each["Key"] for each in page.get("Contents", ())]
                for key in keys:
                    found.get(_folder_of(key), []).append(key)
                read_to = keys[-1] if page["IsTruncated"] else parent + _BEHIND
        return found

    def list_folders(self, parent: str, *, after: str, limit: int) -> list[str]:
        """Return names of the folders in one, in the order of their letters, those behind a name."""
        behind = f"{parent}{after}/{_BEHIND}" if after else parent
        page = self._page(Prefix=parent, Delimiter="/", StartAfter=behind, MaxKeys=min(limit, 1000))
        return [each["Prefix"][len(parent) : -1] for each in page.get("CommonPrefixes", ())]

    def delete(self, keys: list[str]) -> None:
        """Delete files; those that are not there are no error."""
        with _reaching():
            for at in range(0, len(keys), 1000):
                objects = [{"Key": key} for key in keys[at : at + 1000]]
                self._client().delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": objects, "Quiet": True}
                )

    def delete_uploads(self, *, before: datetime) -> int:
        """Delete what was uploaded before a moment and never taken."""
        with _reaching():
            old = [found["Key"] for found in self._list(UPLOADS) if found["LastModified"] < before]
        self.delete(old)
        return len(old)

    def _list(self, folder: str) -> Iterator[dict[str, Any]]:
        pages = self._client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket_name, Prefix=folder):
            yield from page.get("Contents", ())

    def _page(self, **asked: Any) -> Any:
        with _reaching():
            return self._client().list_objects_v2(Bucket=self.bucket_name, **asked)

    def _client(self) -> Any:
        return self.connection.meta.client

    def _public_client(self) -> Any:
        """Return the client that signs for clients; it never sends anything."""
        with self._lock:
            if self._presigning is None:
                self._presigning = self._create_session().client(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self._public_endpoint,
                    config=self.client_config,
                )
            return self._presigning


@lru_cache(maxsize=8)
def _signing_key(secret: str, date: str, region: str) -> bytes:
    """Return the key of a day (Signature Version 4)."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _headers(key: str, type: str) -> dict[str, str]:
    """Return what a file is served with."""
    return {
        "ContentType": type,
        "CacheControl": cache_control(key),
        "ContentDisposition": content_disposition(key),
    }


def _folder_of(key: str) -> str:
    """Return the folder of a media's file."""
    return "/".join(key.split("/")[:2]) + "/"


def _status_of(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


@contextmanager
def _reaching() -> Iterator[None]:
    """
    Say of whatever the storage does not do that it is unavailable.

    :raises StorageUnavailable: for every error of the client's
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable(retry_after=5) from error
