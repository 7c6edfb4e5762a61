"""
Where limits meet requests: the address before anything else, the caller once they are known.

Who sends no credentials is counted by address at once, in one trip. Who does is counted as themselves, so
that people behind one address do not use up each other's share; credentials that nobody holds are counted
against the address again, and once that is used up no others are looked at than those that were good lately:
they are a neighbour's, whom no stranger shuts out (`refused_unread` on the request tells whatever
authenticates).
"""

import time
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from modules.kernel import limits
from modules.kernel.http.address import client_address
from modules.kernel.limits import Cost, Limit, LimitReached, RateLimitState
from modules.kernel.principals import Principal

READS = limits.declare("read", 1500, 300, counts="what a user reads, through all apps together")
WRITES = limits.declare("write", 300, 300, counts="what a user writes, through all apps together")
APPS = limits.declare("app", 6000, 300, counts="what an app does with its keys and its own tokens")
ANONYMOUS = limits.declare("anonymous", 300, 300, counts="what an address asks without credentials")
GUESSES = limits.declare(
    "bad-credentials", 60, 300, counts="an address's requests with credentials that nobody holds"
)

_SAFE = ("GET", "HEAD", "OPTIONS")
# Beneath the second nobody looks at credentials, so who brings some is as unknown as who does not.
_OURS = "/v1/"
_COUNTED = (_OURS, "/.well-known/")
_MAX_KNOWN = 10_000
# Beneath these a middleware of its own counts first, and then looks at what the edge looks at elsewhere.
_by_themselves: tuple[str, ...] = ()

# Addresses that have guessed too often, as far as this process has seen, and until when.
_guessers: dict[str, float] = {}
_lock = Lock()


def leave(*prefixes: str) -> None:
    """Leave requests beneath these to a middleware that counts them itself before it looks at them."""
    global _by_themselves
    _by_themselves = prefixes


def counts_itself(path: str) -> bool:
    """Return whether a request is counted by a middleware of its own, and not looked at before."""
    return path.startswith(_by_themselves)


def admit(request: HttpRequest) -> None:
    """
    Count a request of nobody known against its address.

    :raises LimitReached: if the address has nothing left
    """
    path = request.path_info
    if not settings.LIMITS.is_on or not path.startswith(_COUNTED):
        return
    if not _has_credentials(request) or not path.startswith(_OURS):
        charge_address(request, ANONYMOUS)
    elif _guessers and (left := _find_guesser(client_address(request))) is not None:
        guesses = limits.configured(GUESSES)
        state = RateLimitState(guesses, False, 0, guesses.window - guesses.interval / 1e6 + left)
        request.refused_unread = LimitReached(state)  # type: ignore[attr-defined]


def charge_address(request: HttpRequest, limit: Limit) -> None:
    """
    Count a request against its address, whatever its method and whoever it is.

    :raises LimitReached: if the address has nothing left
    """
    if settings.LIMITS.is_on:
        _charge(request, limit, client_address(request))


def charge_caller(request: HttpRequest, limit: Limit, user_id: int | None) -> None:
    """
    Count a request under a limit of its own as well: against a user, or nobody's against its address.

    :raises LimitReached: if there is nothing left for them
    """
    if settings.LIMITS.is_on:
        _charge(request, limit, str(user_id) if user_id else client_address(request))


def charge_principal(request: HttpRequest, principal: Principal) -> None:
    """
    Count a request against who sends it, if it is not counted yet.

    :raises LimitReached: if there is nothing left for them
    """
    if settings.LIMITS.is_on and not hasattr(request, "charged"):
        _charge(request, *_account_of(principal, request))


def charge_stranger(request: HttpRequest) -> None:
    """
    Count a request of nobody known against its address, if it is not counted yet.

    :raises LimitReached: if the address has nothing left
    """
    if not hasattr(request, "charged"):
        charge_address(request, ANONYMOUS)


def charge_guess(request: HttpRequest) -> None:
    """
    Count credentials that nobody holds against the address they came from.

    :raises LimitReached: if the address has guessed too often
    """
    if not settings.LIMITS.is_on:
        return
    address = client_address(request)
    try:
        limits.acquire(Cost(GUESSES, address))
    except LimitReached as reached:
        _remember(address, time.monotonic() + reached.state.retry_after)
        raise


def refund(request: HttpRequest) -> None:
    """Undo the charge of a request that turned out to cost nothing: a 304."""
    if charged := getattr(request, "charged", None):
        cost, state = charged
        limits.refund(cost)
        request.charged = cost, state._replace(remaining=state.remaining + 1)  # type: ignore[attr-defined]


def add_headers(request: HttpRequest, response: HttpResponse) -> None:
    """Tell the caller how they stand (draft-ietf-httpapi-ratelimit-headers-10)."""
    charged = getattr(request, "charged", None)
    if charged is None:
        return
    state: RateLimitState = charged[1]
    limit = state.limit
    headers = response.headers._store
    headers["ratelimit-policy"] = ("RateLimit-Policy", f'"{limit.name}";q={limit.quota};w={limit.window}')
    headers["ratelimit"] = ("RateLimit", f'"{limit.name}";r={state.remaining};t={round(state.reset)}')


def _account_of(caller: Principal, request: HttpRequest) -> tuple[Limit, str]:
    """Return the limit and the key under which a caller is counted: a user's apps share their quota."""
    if caller.id == 0 or caller.key_id is not None:
        return APPS, str(caller.app_id)
    is_read = request.method in _SAFE
    return (READS if is_read else WRITES), str(caller.id)


def _charge(request: HttpRequest, limit: Limit, key: str) -> None:
    """Cost one request, and leave on it what its answer will say."""
    cost = Cost(limit, key)
    try:
        [state] = limits.acquire(cost)
    except LimitReached as reached:
        request.charged = cost, reached.state  # type: ignore[attr-defined]
        raise
    request.charged = cost, state  # type: ignore[attr-defined]


def _has_credentials(request: HttpRequest) -> bool:
    meta = request.META
    if "HTTP_AUTHORIZATION" in meta or "HTTP_X_SESSION_TOKEN" in meta:
        return True
    return f"{settings.SESSION_COOKIE_NAME}=" in meta.get("HTTP_COOKIE", "")


def _find_guesser(address: str) -> float | None:
    """Return for how many seconds more an address may not guess, if it may not."""
    until = _guessers.get(address)
    if until is None:
        return None
    left = until - time.monotonic()
    if left > 0:
        return left
    with _lock:
        _guessers.pop(address, None)
    return None


def _remember(address: str, until: float) -> None:
    with _lock:
        if len(_guessers) >= _MAX_KNOWN:
            _guessers.clear()
        _guessers[address] = until
