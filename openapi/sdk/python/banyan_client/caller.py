"""Who calls: the API's address, the credentials on each request, and the steps of signing in."""

from __future__ import annotations

from typing import Any

import httpx

from banyan_client.errors import BadRequest, BanyanError, Unauthorized, to_error
from banyan_client.oauth import OAuth
from banyan_client.retries import CALL, KIND, STEP


class SecondFactorNeeded(Exception):
    """The password is right, and a code of the user's device is needed as well."""


class CodeNeeded(Exception):
    """A code was mailed to the new account's address; send it with `verify_email`."""


class Caller:
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
