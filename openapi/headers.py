"""
Headers that every operation has, which none of them names for itself; and all that browsers must be told of.

A page of another origin may send no header, and read none, that was not allowed by name. So what the contract
names is collected into `browsers.json`, which the settings read: a header that is added to an operation is
allowed with it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from openapi.components import Schema

METHODS = ("get", "post", "put", "patch", "delete")
COMMON: Schema = {
    "request": {
        "Banyan-Freshness": "What an earlier answer gave: this one will be no older than that write.",
        "Banyan-On-Behalf-Of": "With a service key that may: the id of the user it acts for.",
        "X-CSRFToken": "With a cookie, for what writes: the newest that `/auth/browser/` gave.",
        "X-Request-Id": "A name for the request, if it has one already.",
    },
    "response": {
        "Allow": "The methods that there are, where another was asked for.",
        "Banyan-Freshness": "Send it along to read at once, from anywhere, what was written here.",
        "Deprecation": "Since when the operation is deprecated (RFC 9745).",
        "RateLimit": "What is left of the limit that counted the request.",
        "RateLimit-Policy": "That limit, and its window in seconds.",
        "Retry-After": "After how many seconds a refused request may be tried again.",
        "Sunset": "When a deprecated operation goes (RFC 8594).",
        "WWW-Authenticate": "Which credentials are missing, or why those that were sent will not do.",
        "X-CSRFToken": "Under `/auth/browser/`, for trusted origins: send it along with what writes.",
        "X-Request-Id": "The name of the request, as logs and problems have it.",
    },
}


def for_browsers(contract: Schema) -> bytes:
    """Return what pages of other origins may ask and read, as JSON, the same bytes for the same contract."""
    operations = list(_operations(contract))
    told = {
        "prefixes": _prefixes(path for path, _, _ in operations),
        "token_prefixes": _prefixes(path for path, _, each in operations if _takes_token(each)),
        "open_paths": sorted(_open_paths(contract["components"]["securitySchemes"]["oauth2"])),
        "methods": [method.upper() for method in METHODS if any(method == own for _, own, _ in operations)],
        "request_headers": _names(["Accept", "Content-Type", *COMMON["request"], *_sent(contract)]),
        "response_headers": _names([*COMMON["response"], *_answered(contract)]),
    }
    return json.dumps(told, indent=2).encode() + b"\n"


def _operations(contract: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _prefixes(paths: Iterable[str]) -> list[str]:
    """Return the first segment of each path, once."""
    return sorted({f"/{path.split('/')[1]}/" for path in paths})


def _takes_token(operation: Schema) -> bool:
    return any("oauth2" in accepted for accepted in operation.get("security", []))


def _open_paths(oauth: Schema) -> set[str]:
    """Return where OAuth's machines stand; never the page on which people are asked."""
    flows = oauth["flows"].values()
    return {flow["tokenUrl"] for flow in flows} | set(oauth["x-endpoints"].values())


def _sent(contract: Schema) -> Iterator[str]:
    """Yield every header that some operation reads or some kind of credentials is sent in."""
    for part in _dicts(contract):
        if part.get("in") == "header" and isinstance(part.get("name"), str):
            yield part["name"]
    for scheme in contract["components"]["securitySchemes"].values():
        if scheme["type"] in ("http", "oauth2"):
            yield "Authorization"


def _answered(contract: Schema) -> Iterator[str]:
    """Yield every header that some answer has."""
    for part in _dicts(contract):
        if "description" in part and isinstance(part.get("headers"), dict):
            yield from part["headers"]


def _dicts(part: Any) -> Iterator[Schema]:
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _dicts(each)


def _names(names: Iterable[str]) -> list[str]:
    """Return names once each, whatever their case."""
    return sorted({name.lower(): name for name in names}.values(), key=str.lower)
