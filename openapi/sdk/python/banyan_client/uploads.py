"""Uploads: a form from the API, the file straight to the storage, and the word that it has arrived."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator

import httpx

from banyan_client.errors import BanyanError, UploadCancelled
from banyan_client.files import Sendable, Source, open_source
from banyan_client.forms import Form, NewFile, Progress, check_ready, pauses, refuse
from banyan_client.generated.api.media import complete_upload, create_media, get_media
from banyan_client.generated.client import AuthenticatedClient
from banyan_client.generated.models import CreatedMedia, OwnMedia, UploadStatus
from banyan_client.retries import Retry

# A storage may take its time when all has arrived.
TIMEOUT = httpx.Timeout(30, read=60)
COMPLETE = UploadStatus(status="complete")


def _ignore(sent: int, total: int) -> None:
    """Hear of progress, and do nothing."""


class Uploader:
    """Uploads for one caller, with connections of its own to the storage: nothing of the caller goes there."""

    def __init__(self, api: AuthenticatedClient, retry: Retry) -> None:
        """Connect to nothing yet."""
        self._api = api
        self._retry = retry
        self._storage: httpx.Client | None = None

    def upload(
        self,
        file: Sendable,
        new: NewFile,
        ready_within: float | None,
        on_progress: Progress | None,
        cancel: threading.Event | None,
    ) -> OwnMedia:
        """Upload a file, and wait until it is ready if that is asked for."""
        cancel = cancel or threading.Event()
        _check(cancel, None)
        with open_source(file, new.type) as source:
            media_id = self._send(source, new, on_progress or _ignore, cancel)
        media = complete_upload.sync(media_id, client=self._api, body=COMPLETE)
        # A refusal is raised where it comes in.
        assert isinstance(media, OwnMedia)
        return media if ready_within is None else self._await_ready(media, ready_within, cancel)

    def close(self) -> None:
        """Close the connections."""
        if self._storage is not None:
            self._storage.close()

    def _send(self, source: Source, new: NewFile, tell: Progress, cancel: threading.Event) -> str:
        """Bring the file to the storage, attempt after attempt, and return the media's id."""
        form, attempt = self._begin(source, new), 0
        while True:
            attempt += 1
            if form.is_over:
                form = self._begin(source, new)
            wait = form.settle(self._try(form, source, tell, cancel), attempt, self._retry)
            if wait is None:
                return form.media_id
            _sleep(wait, cancel, form.media_id)

    def _begin(self, source: Source, new: NewFile) -> Form:
        asked_at = time.time()
        try:
            media = create_media.sync(client=self._api, body=new.announce(source))
        except BanyanError as refusal:
            refuse(refusal)
        assert isinstance(media, CreatedMedia)
        return Form(media, source, asked_at)

    def _try(
        self, form: Form, source: Source, tell: Progress, cancel: threading.Event
    ) -> httpx.Response | httpx.TransportError:
        if self._storage is None:
            self._storage = httpx.Client(transport=httpx.HTTPTransport(), timeout=TIMEOUT)
        body = _read(form, source, tell, cancel)
        try:
            return self._storage.post(form.url, content=body, headers=form.headers)
        except httpx.TransportError as trouble:
            return trouble

    def _await_ready(self, media: OwnMedia, within: float, cancel: threading.Event) -> OwnMedia:
        deadline = time.monotonic() + within
        for pause in pauses():
            left = deadline - time.monotonic()
            if media.state != "processing" or left <= 0:
                break
            _sleep(min(pause, left), cancel, media.id)
            found = get_media.sync(media.id, client=self._api)
            assert isinstance(found, OwnMedia)
            media = found
        return check_ready(media)


class AsyncUploader:
    """The same for asyncio."""

    def __init__(self, api: AuthenticatedClient, retry: Retry) -> None:
        """Connect to nothing yet."""
        self._api = api
        self._retry = retry
        self._storage: httpx.AsyncClient | None = None

    async def upload(
        self, file: Sendable, new: NewFile, ready_within: float | None, on_progress: Progress | None
    ) -> OwnMedia:
        """Upload a file, and wait until it is ready if that is asked for."""
        with open_source(file, new.type) as source:
            media_id = await self._send(source, new, on_progress or _ignore)
        media = await complete_upload.asyncio(media_id, client=self._api, body=COMPLETE)
        assert isinstance(media, OwnMedia)
        return media if ready_within is None else await self._await_ready(media, ready_within)

    async def close(self) -> None:
        """Close the connections."""
        if self._storage is not None:
            await self._storage.aclose()

    async def _send(self, source: Source, new: NewFile, tell: Progress) -> str:
        form, attempt = await self._begin(source, new), 0
        while True:
            attempt += 1
            if form.is_over:
                form = await self._begin(source, new)
            wait = form.settle(await self._try(form, source, tell), attempt, self._retry)
            if wait is None:
                return form.media_id
            await asyncio.sleep(wait)

    async def _begin(self, source: Source, new: NewFile) -> Form:
        asked_at = time.time()
        try:
            media = await create_media.asyncio(client=self._api, body=new.announce(source))
        except BanyanError as refusal:
            refuse(refusal)
        assert isinstance(media, CreatedMedia)
        return Form(media, source, asked_at)

    async def _try(self, form: Form, source: Source, tell: Progress) -> httpx.Response | httpx.TransportError:
        if self._storage is None:
            self._storage = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(), timeout=TIMEOUT)
        body = _read_async(form, source, tell)
        try:
            return await self._storage.post(form.url, content=body, headers=form.headers)
        except httpx.TransportError as trouble:
            return trouble

    async def _await_ready(self, media: OwnMedia, within: float) -> OwnMedia:
        deadline = time.monotonic() + within
        for pause in pauses():
            left = deadline - time.monotonic()
            if media.state != "processing" or left <= 0:
                break
            await asyncio.sleep(min(pause, left))
            found = await get_media.asyncio(media.id, client=self._api)
            assert isinstance(found, OwnMedia)
            media = found
        return check_ready(media)


def _read(form: Form, source: Source, tell: Progress, cancel: threading.Event) -> Iterator[bytes]:
    """Yield the body of a form, and tell how much of the file is on its way."""
    head, tail = form.frame()
    source.rewind()
    sent = 0
    tell(sent, source.size)
    yield head
    while sent < source.size:
        _check(cancel, form.media_id)
        chunk = source.read(sent)
        yield bytes(chunk)
        sent += len(chunk)
        tell(sent, source.size)
    yield tail


async def _read_async(form: Form, source: Source, tell: Progress) -> AsyncIterator[bytes]:
    head, tail = form.frame()
    source.rewind()
    sent = 0
    tell(sent, source.size)
    yield head
    while sent < source.size:
        # A disk may be slow, and the loop is everybody's.
        chunk = await asyncio.to_thread(source.read, sent)
        yield bytes(chunk)
        sent += len(chunk)
        tell(sent, source.size)
    yield tail


def _sleep(seconds: float, cancel: threading.Event, media_id: str) -> None:
    cancel.wait(seconds)
    _check(cancel, media_id)


def _check(cancel: threading.Event, media_id: str | None) -> None:
    """:raises UploadCancelled: if the caller called it off"""
    if cancel.is_set():
        raise UploadCancelled("cancelled", "The upload was called off.", media_id)
