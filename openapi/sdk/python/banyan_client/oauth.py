"""Tokens of OAuth: sent with each request, renewed before they end or when they are refused, once for all threads."""

from __future__ import annotations

import asyncio
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from banyan_client.errors import Unauthorized, Unreadable, to_error
from banyan_client.retries import CALL, KIND

TOKEN = "/identity/o/api/token"
# What is about to end is renewed before it does: a request takes its time.
_EARLY = 30.0
_PATIENCE = {"timeout": httpx.Timeout(30).as_dict()}


@dataclass(frozen=True)
class Tokens:
    """What the API gave: the token to call with, the one to renew it with, and when it ends (seconds since 1970)."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: float | None = None


@dataclass
class OAuth:
    """
    An app's hold on one user: who the app is, its tokens, and where renewed ones are kept.

    Each refresh token is used once, so `on_renewed` must store what it is given before it returns.
    """

    client_id: str
    tokens: Tokens = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)
    on_renewed: Callable[[Tokens], None] | None = None

    def is_ending(self) -> bool:
        """Return whether the access token ends in a moment."""
        ends = self.tokens.expires_at
        return ends is not None and time.time() + _EARLY > ends

    def to_request(self, url: str) -> httpx.Request | None:
        """Return what renews the tokens, or None if there is nothing to do it with."""
        if not self.tokens.refresh_token:
            return None
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens.refresh_token}
        headers = {}
        if self.client_secret is None:
            form["client_id"] = self.client_id
        else:
            pair = ":".join(quote(each, safe="") for each in (self.client_id, self.client_secret))
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return httpx.Request("POST", url + TOKEN, data=form, headers=headers, extensions=_PATIENCE)

    def take(self, response: httpx.Response) -> None:
        """
        Keep what the API answered to a renewal.

        :raises Unauthorized: if the user has to be asked again; another BanyanError: if it was not to be had now
        """
        body = _to_object(response)
        if response.status_code in (400, 401):
            problem = {"code": body.get("error"), "detail": body.get("error_description")}
            raise Unauthorized(response.status_code, problem, None)
        if response.status_code != 200 or not isinstance(body.get("access_token"), str):
            raise _to_trouble(response)
        life = body.get("expires_in")
        self.tokens = Tokens(
            str(body["access_token"]),
            str(body.get("refresh_token") or self.tokens.refresh_token),
            time.time() + life if isinstance(life, int | float) else None,
        )
        if self.on_renewed is not None:
            self.on_renewed(self.tokens)


def _to_object(response: httpx.Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _to_trouble(response: httpx.Response) -> Exception:
    if response.status_code >= 300:
        return to_error(response)
    return Unreadable(
        response.status_code, {"code": "unreadable_answer", "detail": "No token was answered."}, None
    )


def _is_passing(response: httpx.Response) -> bool:
    """Return whether a renewal may be answered otherwise in a moment; then so is what it was for."""
    return response.status_code in (429, 503)


class RenewingTransport(httpx.BaseTransport):
    """Sends with a token that lives: whoever finds it ending or refused renews it, and all others wait for that."""

    def __init__(self, inner: httpx.BaseTransport, oauth: OAuth, url: str) -> None:
        """Keep what really sends, the tokens, and where the API is."""
        self._inner = inner
        self._oauth = oauth
        self._url = url
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and once more if the token had ended."""
        if request.extensions.get(KIND) != CALL:
            return self._inner.handle_request(request)
        if self._oauth.is_ending() and (trouble := self._renew(self._oauth.tokens)):
            return trouble
        tokens = self._oauth.tokens
        response = self._send(request, tokens)
        if response.status_code != 401 or not tokens.refresh_token:
            return response
        response.read()
        return self._renew(tokens) or self._send(request, self._oauth.tokens)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _send(self, request: httpx.Request, tokens: Tokens) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {tokens.access_token}"
        return self._inner.handle_request(request)

    def _renew(self, seen: Tokens) -> httpx.Response | None:
        """Renew what was seen, unless another thread did so; return what keeps it from being done now."""
        with self._lock:
            if self._oauth.tokens is not seen or not (request := self._oauth.to_request(self._url)):
                return None
            response = self._inner.handle_request(request)
            response.request = request
            response.read()
            if _is_passing(response):
                return response
            self._oauth.take(response)
            return None


class AsyncRenewingTransport(httpx.AsyncBaseTransport):
    """The same for asynchronous clients."""

    def __init__(self, inner: httpx.AsyncBaseTransport, oauth: OAuth, url: str) -> None:
        """Keep what really sends, the tokens, and where the API is."""
        self._inner = inner
        self._oauth = oauth
        self._url = url
        self._lock = asyncio.Lock()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and once more if the token had ended."""
        if request.extensions.get(KIND) != CALL:
            return await self._inner.handle_async_request(request)
        if self._oauth.is_ending() and (trouble := await self._renew(self._oauth.tokens)):
            return trouble
        tokens = self._oauth.tokens
        response = await self._send(request, tokens)
        if response.status_code != 401 or not tokens.refresh_token:
            return response
        await response.aread()
        return await self._renew(tokens) or await self._send(request, self._oauth.tokens)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, tokens: Tokens) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {tokens.access_token}"
        return await self._inner.handle_async_request(request)

    async def _renew(self, seen: Tokens) -> httpx.Response | None:
        """Renew what was seen, unless another task did so; return what keeps it from being done now."""
        async with self._lock:
            if self._oauth.tokens is not seen or not (request := self._oauth.to_request(self._url)):
                return None
            response = await self._inner.handle_async_request(request)
            response.request = request
            await response.aread()
            if _is_passing(response):
                return response
            self._oauth.take(response)
            return None
