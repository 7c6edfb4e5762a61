"""
Retries that do nothing twice, and report nothing that is not so.

Every POST carries an Idempotency-Key, and the same one when it is repeated. What has none is repeated only
where its first attempt was surely not carried out, or may be carried out twice: a PATCH whose answer was lost
would hear 412 of its own change, a DELETE 404.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass

import httpx

from banyan_client.errors import REDIRECTS, check_answer, retry_after, to_error

# What a request is, among its extensions: a step of signing in, a call of the API, or neither.
KIND, STEP, CALL = "banyan", "step", "call"

# Then nothing has left.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Steps that take a code which is good for once.
ONE_TIME = ("/auth/2fa/authenticate", "/auth/email/verify")


@dataclass(frozen=True)
class Retry:
    """How often, and for how many seconds in all, a request is tried."""

    attempts: int = 5
    first_wait: float = 0.2
    longest_wait: float = 10.0
    total: float = 60.0

    def wait(self, attempt: int, response: httpx.Response | None) -> float | None:
        """Return the seconds to wait after an attempt (from 1), or None if it was the last or needs no other."""
        if attempt >= self.attempts or not (response is None or _is_passing(response)):
            return None
        return self.pause(attempt, response)

    def pause(self, attempt: int, response: httpx.Response | None) -> float | None:
        """Return the seconds before another attempt, as asked for or growing, or None if they are too many."""
        asked = retry_after(response) if response is not None else None
        grown = self.first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
        wait = asked if asked is not None else grown
        return wait if wait <= self.longest_wait else None


def _is_passing(response: httpx.Response) -> bool:
    """Return whether the same request may be answered otherwise in a moment."""
    if response.status_code in (429, 503):
        return True
    return response.status_code == 409 and b'"request_in_flight"' in response.content


def may_repeat(
    request: httpx.Request, response: httpx.Response | None, trouble: httpx.TransportError | None
) -> bool:
    """Return whether a request that failed may be sent again without doing or reporting what is not so."""
    if _is_repeatable(request):
        return True
    if response is None:
        return isinstance(trouble, UNSENT)
    return response.status_code != 503 or _was_not_done(response)


def _is_repeatable(request: httpx.Request) -> bool:
    """Return whether a second attempt is answered like the first, whether or not that was carried out."""
    if request.method == "POST":
        return "Idempotency-Key" in request.headers and not request.url.path.endswith(ONE_TIME)
    return request.method in ("GET", "HEAD", "OPTIONS") or (
        request.method == "PUT" and "If-Match" not in request.headers
    )


def _was_not_done(response: httpx.Response) -> bool:
    """Return whether a 503 says that nothing was done."""
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("outcome") == "none"


def prepare(request: httpx.Request) -> None:
    """Give a POST the key that makes its repeats harmless."""
    if request.method == "POST":
        request.headers.setdefault("Idempotency-Key", uuid.uuid4().hex)


class RetryingTransport(httpx.BaseTransport):
    """Repeats what failed in passing, and raises what the API refuses."""

    def __init__(self, inner: httpx.BaseTransport, retry: Retry) -> None:
        """Keep what really sends."""
        self._inner = inner
        self._retry = retry

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send until there is an answer worth having."""
        prepare(request)
        deadline = time.monotonic() + self._retry.total
        attempt = 0
        while True:
            attempt += 1
            response, trouble = self._try(request)
            wait = None
            if may_repeat(request, response, trouble):
                wait = self._retry.wait(attempt, response)
            if wait is None or time.monotonic() + wait > deadline:
                return _settle(response, trouble)
            time.sleep(wait)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _try(self, request: httpx.Request) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            response = self._inner.handle_request(request)
            response.request = request
            response.read()
        except httpx.TransportError as trouble:
            return None, trouble
        return response, None


class AsyncRetryingTransport(httpx.AsyncBaseTransport):
    """The same for asynchronous clients."""

    def __init__(self, inner: httpx.AsyncBaseTransport, retry: Retry) -> None:
        """Keep what really sends."""
        self._inner = inner
        self._retry = retry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send until there is an answer worth having."""
        prepare(request)
        deadline = time.monotonic() + self._retry.total
        attempt = 0
        while True:
            attempt += 1
            response, trouble = await self._try(request)
            wait = None
            if may_repeat(request, response, trouble):
                wait = self._retry.wait(attempt, response)
            if wait is None or time.monotonic() + wait > deadline:
                return _settle(response, trouble)
            await asyncio.sleep(wait)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _try(self, request: httpx.Request) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            response = await self._inner.handle_async_request(request)
            response.request = request
            await response.aread()
        except httpx.TransportError as trouble:
            return None, trouble
        return response, None


def _settle(response: httpx.Response | None, trouble: httpx.TransportError | None) -> httpx.Response:
    """Return a good answer; raise a refusal, or what kept any answer from coming."""
    if response is None:
        assert trouble is not None
        raise trouble
    # Credentials go nowhere but where they were meant to go: a redirect is followed by nobody.
    if response.status_code in REDIRECTS:
        raise to_error(response)
    kind = response.request.extensions.get(KIND)
    if kind != STEP and response.status_code >= 400:
        raise to_error(response)
    if kind == CALL:
        check_answer(response)
    return response
