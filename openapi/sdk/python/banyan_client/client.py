"""The client: who calls, how it is retried, and lists without end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import httpx

from banyan_client.errors import BadRequest, BanyanError, Unauthorized, to_error
from banyan_client.generated.client import Client
from banyan_client.generated.models import Problem
from banyan_client.oauth import AsyncRenewingTransport, OAuth, RenewingTransport
from banyan_client.retries import CALL, KIND, STEP, AsyncRetryingTransport, Retry, RetryingTransport

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


class SecondFactorNeeded(Exception):
    """The password is right, and a code of the user's device is needed as well."""


class CodeNeeded(Exception):
    """A code was mailed to the new account's address; send it with `verify_email`."""


class _Caller:
    """What both clients share: where the API is, and who calls."""

    def __init__(self, url: str, *, token: str | None, oauth: OAuth | None, on_behalf_of: str | None) -> None:
        """Start as the holder of a session token, an access token or a service key, or as nobody."""
        self._base = _to_base(url)
        self.url = str(self._base).rstrip("/")
        self.token = token
        self.oauth = oauth
        self.on_behalf_of = on_behalf_of

    def __repr__(self) -> str:
        """Return where it calls, and nothing that it calls with."""
        return f"{type(self).__name__}({self.url!r})"

    def authorize(self, request: httpx.Request) -> None:
        """Put the credentials on a request, unless it goes elsewhere."""
        path = self._path_of(request.url)
        if path is None:
            return
        if path.startswith("/auth/"):
            request.extensions[KIND] = STEP
            if self.token:
                request.headers["X-Session-Token"] = self.token
            return
        request.extensions[KIND] = CALL
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        if self.on_behalf_of:
            request.headers["Banyan-On-Behalf-Of"] = self.on_behalf_of

    def _path_of(self, url: httpx.URL) -> str | None:
        """Return the path beneath the API's own address, or None of what is elsewhere."""
        top = self._base.path.rstrip("/") + "/"
        is_here = (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)
        return url.path[len(top) - 1 :] if is_here and url.path.startswith(top) else None

    def settle(self, response: httpx.Response) -> None:
        """Take the session that a step of signing in has given, or raise what is needed next."""
        if response.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            self.token = None
            raise to_error(response)
        body = _to_object(response)
        self.token = (body.get("meta") or {}).get("session_token") or self.token
        if response.status_code == 200:
            return
        flows = (body.get("data") or {}).get("flows") or []
        waiting = {flow["id"] for flow in flows if flow.get("is_pending")}
        if "mfa_authenticate" in waiting:
            raise SecondFactorNeeded
        if "verify_email" in waiting:
            raise CodeNeeded
        # What was sent can be mended and sent again: a half-done log-in goes on.
        if response.status_code != 400:
            self.token = None
        raise _to_refusal(response.status_code, body.get("errors") or [])


def _to_base(url: str) -> httpx.URL:
    """
    Return the API's address.

    :raises ValueError: if it is none, or holds what does not belong there; it is not repeated, for it may be secret
    """
    base = httpx.URL(url)
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError("Give the API's address as https://host or https://host/path.")
    if base.userinfo:
        raise ValueError("Leave name and password out of the address; log_in takes them.")
    if base.query or base.fragment:
        raise ValueError("Leave query and fragment out of the API's address.")
    return base


def _to_object(response: httpx.Response) -> dict[str, Any]:
    """Return the answer of a step, or nothing of what is no object."""
    try:
        body = response.json()
    except ValueError:
        raise to_error(response) from None
    return body if isinstance(body, dict) else {}


def _to_refusal(status: int, faults: list[dict[str, str]]) -> BanyanError:
    """Return the exception of a step that was refused in the words of sign-in."""
    detail = "; ".join(fault.get("message", "") for fault in faults)
    mismatches = any(fault.get("code", "").endswith("_password_mismatch") for fault in faults)
    if status != 400 or mismatches:
        return Unauthorized(status, {"code": "log_in_refused", "detail": detail}, None)
    errors = [
        {"code": fault.get("code", ""), "detail": fault.get("message", "")}
        | ({"pointer": f"/{fault['param']}"} if "param" in fault else {})
        for fault in faults
    ]
    code = errors[0]["code"] if errors else "refused"
    return BadRequest(status, {"code": code, "detail": detail, "errors": errors}, None)


def _login(name: str, password: str) -> dict[str, str]:
    return {"email" if "@" in name else "username": name, "password": password}


class Banyan(_Caller):
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
        sending: httpx.BaseTransport = httpx.HTTPTransport()
        if oauth is not None:
            sending = RenewingTransport(sending, oauth, self.url)
        self._http = httpx.Client(
            base_url=self.url,
            transport=RetryingTransport(sending, retry or Retry()),
            event_hooks={"request": [self.authorize]},
            timeout=30,
        )
        self.api = Client(base_url=self.url).set_httpx_client(self._http)

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

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncBanyan(_Caller):
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
        sending: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport()
        if oauth is not None:
            sending = AsyncRenewingTransport(sending, oauth, self.url)
        self._http = httpx.AsyncClient(
            base_url=self.url,
            transport=AsyncRetryingTransport(sending, retry or Retry()),
            event_hooks={"request": [self._authorize]},
            timeout=30,
        )
        self.api = Client(base_url=self.url).set_async_httpx_client(self._http)

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

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _authorize(self, request: httpx.Request) -> None:
        self.authorize(request)
