"""The client: signing in, lists without end, and uploads."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import httpx

from banyan_client.caller import Caller
from banyan_client.events import Events
from banyan_client.files import Sendable
from banyan_client.forms import NewFile, Progress, Purpose
from banyan_client.generated.client import AuthenticatedClient
from banyan_client.generated.models import OwnMedia, Problem
from banyan_client.oauth import AsyncRenewingTransport, OAuth, RenewingTransport
from banyan_client.retries import AsyncRetryingTransport, Retry, RetryingTransport
from banyan_client.uploads import AsyncUploader, Uploader

AUTH = "/auth/app/v1/auth"

Card = TypeVar("Card", covariant=True)
Page = TypeVar("Page", bound="PageOf[Any]")


class PageOf(Protocol[Card]):
    """A page of a list."""

    @property
    def data(self) -> Sequence[Card]:
        """Return the cards."""

    @property
    def next_(self) -> Any:
        """Return the cursor of the next page, or None."""


def _login(name: str, password: str) -> dict[str, str]:
    return {"email" if "@" in name else "username": name, "password": password}


class Banyan(Caller):
    """A client of the API; `api` is what the generated functions take as `client`."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        oauth: OAuth | None = None,
        on_behalf_of: str | None = None,
        retry: Retry | None = None,
    ) -> None:
        """Connect to nothing yet."""
        super().__init__(url, token=token, oauth=oauth, on_behalf_of=on_behalf_of)
        retry = retry or Retry()
        sending: httpx.BaseTransport = httpx.HTTPTransport()
        if oauth is not None:
            sending = RenewingTransport(sending, oauth, self.url)
        self._http = httpx.Client(
            base_url=self.url,
            transport=RetryingTransport(sending, retry),
            event_hooks={"request": [self.authorize]},
            timeout=30,
        )
        # Authenticated, for so the generated functions are typed; its token is never sent.
        self.api = AuthenticatedClient(base_url=self.url, token="").set_httpx_client(self._http)
        self._uploader = Uploader(self.api, retry)

    def log_in(self, name: str, password: str) -> None:
        """
        Log in by username or e-mail address.

        :raises SecondFactorNeeded: if `send_code` has to follow; Unauthorized: if they are wrong
        """
        self.token = None
        self.settle(self._http.post(f"{AUTH}/login", json=_login(name, password)))

    def send_code(self, code: str) -> None:
        """Finish a log-in with the code of a second factor."""
        self.settle(self._http.post(f"{AUTH}/2fa/authenticate", json={"code": code}))

    def sign_up(self, username: str, email: str, password: str) -> None:
        """
        Make an account and log in.

        :raises CodeNeeded: if the address has to be verified first
        """
        body = {"username": username, "email": email, "password": password}
        self.token = None
        self.settle(self._http.post(f"{AUTH}/signup", json=body))

    def verify_email(self, code: str) -> None:
        """Finish a sign-up with the code that was mailed."""
        self.settle(self._http.post(f"{AUTH}/email/verify", json={"key": code}))

    def items(self, list_: Callable[..., PageOf[Card] | Any | None], **asked: Any) -> Iterator[Card]:
        """Yield all cards of a list, page after page: `items(get_home_timeline.sync, limit=100)`."""
        for page in self.pages(list_, **asked):
            yield from page.data

    def pages(self, list_: Callable[..., Page | Problem | None], **asked: Any) -> Iterator[Page]:
        """Yield all pages of a list: `data` with what it refers to (`included`) and what changes (`state`)."""
        while True:
            page = list_(client=self.api, **asked)
            # A refusal is raised where it comes in.
            assert page is not None and not isinstance(page, Problem)
            yield page
            if not page.next_:
                return
            asked["cursor"] = page.next_

    def upload(
        self,
        file: Sendable,
        *,
        type: str | None = None,
        alt: str = "",
        focus: tuple[float, float] | None = None,
        purpose: Purpose = "post",
        ready_within: float | None = None,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> OwnMedia:
        """
        Upload an image or a video straight to the storage, and return it: a path, bytes, or an open binary file.

        `alt` says what can be seen, `focus` what should stay visible where it is cut (from the left and the top,
        0 to 1). `on_progress` hears how many bytes of how many are sent; it begins anew when an attempt does.
        The media may be named in a post at once, while it is processed; with `ready_within` seconds it is waited
        for. Setting `cancel` ends it from another thread.

        :raises UnsupportedFile, FileTooLarge: if it is nothing to upload
        :raises StorageRefused, StorageUnavailable: if the storage does not take it, whatever was tried
        :raises ProcessingFailed, ProcessingTimeout: if it is waited for, and is not ready
        :raises UploadCancelled: if `cancel` was set
        """
        new = NewFile(type, alt, focus, purpose)
        return self._uploader.upload(file, new, ready_within, on_progress, cancel)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._uploader.close()


class AsyncBanyan(Caller):
    """The same for asyncio."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        oauth: OAuth | None = None,
        on_behalf_of: str | None = None,
        retry: Retry | None = None,
    ) -> None:
        """Connect to nothing yet."""
        super().__init__(url, token=token, oauth=oauth, on_behalf_of=on_behalf_of)
        retry = retry or Retry()
        sending: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport()
        if oauth is not None:
            sending = AsyncRenewingTransport(sending, oauth, self.url)
        self._http = httpx.AsyncClient(
            base_url=self.url,
            transport=AsyncRetryingTransport(sending, retry),
            event_hooks={"request": [self._authorize]},
            timeout=30,
        )
        self.api = AuthenticatedClient(base_url=self.url, token="").set_async_httpx_client(self._http)
        self._uploader = AsyncUploader(self.api, retry)
        self._retry = retry

    async def log_in(self, name: str, password: str) -> None:
        """Log in, as `Banyan.log_in` does."""
        self.token = None
        self.settle(await self._http.post(f"{AUTH}/login", json=_login(name, password)))

    async def send_code(self, code: str) -> None:
        """Finish a log-in with the code of a second factor."""
        self.settle(await self._http.post(f"{AUTH}/2fa/authenticate", json={"code": code}))

    async def sign_up(self, username: str, email: str, password: str) -> None:
        """Make an account and log in, as `Banyan.sign_up` does."""
        body = {"username": username, "email": email, "password": password}
        self.token = None
        self.settle(await self._http.post(f"{AUTH}/signup", json=body))

    async def verify_email(self, code: str) -> None:
        """Finish a sign-up with the code that was mailed."""
        self.settle(await self._http.post(f"{AUTH}/email/verify", json={"key": code}))

    async def items(
        self, list_: Callable[..., Coroutine[Any, Any, PageOf[Card] | Any | None]], **asked: Any
    ) -> AsyncIterator[Card]:
        """Yield all cards of a list, page after page: `items(get_home_timeline.asyncio, limit=100)`."""
        async for page in self.pages(list_, **asked):
            for card in page.data:
                yield card

    async def pages(
        self, list_: Callable[..., Coroutine[Any, Any, Page | Problem | None]], **asked: Any
    ) -> AsyncIterator[Page]:
        """Yield all pages of a list, as `Banyan.pages` does."""
        while True:
            page = await list_(client=self.api, **asked)
            assert page is not None and not isinstance(page, Problem)
            yield page
            if not page.next_:
                return
            asked["cursor"] = page.next_

    async def upload(
        self,
        file: Sendable,
        *,
        type: str | None = None,
        alt: str = "",
        focus: tuple[float, float] | None = None,
        purpose: Purpose = "post",
        ready_within: float | None = None,
        on_progress: Progress | None = None,
    ) -> OwnMedia:
        """Upload an image or a video, as `Banyan.upload` does; cancelling the task ends it."""
        new = NewFile(type, alt, focus, purpose)
        return await self._uploader.upload(file, new, ready_within, on_progress)

    def events(
        self, *, since: int | None = None, topics: Iterable[str] = (), url: str | None = None
    ) -> Events:
        """
        Return what happens, to be iterated: `async for event in banyan.events(since=seq)`.

        Without `since` it begins with now; with the `seq` of an event it goes on after that one. `topics` are
        listened to besides `me`; `url` is where sockets are opened, if not where the API says.
        """
        return Events(self.api, url, since=since, topics=topics, retry=self._retry)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._uploader.close()

    async def _authorize(self, request: httpx.Request) -> None:
        self.authorize(request)
