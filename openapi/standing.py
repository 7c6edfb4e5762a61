"""The headers that the edge adds to answers: as components, and named at every answer that may carry them."""

from collections.abc import Iterator

from openapi.components import Schema
from openapi.headers import COMMON

_TEXTS = (
    *("Allow", "Banyan-Freshness", "Deprecation", "Sunset"),
    *("WWW-Authenticate", "X-CSRFToken", "X-Request-Id"),
)
HEADERS: Schema = {
    **{name: {"description": COMMON["response"][name], "schema": {"type": "string"}} for name in _TEXTS},
    "Link": {
        "description": "The neighboring pages (RFC 8288), or what comes in place of what is deprecated.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What is left, and in how many seconds all of it is back: `"read";r=1499;t=1`.',
        "schema": {"type": "string", "examples": ['"read";r=1499;t=1']},
    },
    "RateLimit-Policy": {
        "description": 'The limit that counted, its quota, its window in seconds: `"read";q=1500;w=300`.',
        "schema": {"type": "string", "examples": ['"read";q=1500;w=300']},
    },
    "Retry-After": {
        "description": "The whole seconds after which the same request may be answered otherwise.",
        "schema": {"type": "integer", "minimum": 0, "examples": [2]},
    },
}
# A key whose first request is being worked on is asked to come back as well.
_OF_WAITING = ("409", "429", "503", "default")
_OF_CREDENTIALS = ("401", "403", "default")
_WRITES = ("put", "post", "patch", "delete")


def add(contract: Schema) -> None:
    """Name the headers at the answers which carry them."""
    used: set[str] = set()
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            for status, answer in operation["responses"].items():
                names = (*_of_all(status), *_of_place(path, method, status), *_of_age(operation, status))
                answer = _of_component(contract, answer)
                references = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
                answer["headers"] = {**answer.get("headers", {}), **references}
                used.update(names)
    contract["components"]["headers"] = {name: part for name, part in HEADERS.items() if name in used}


def _of_component(contract: Schema, answer: Schema) -> Schema:
    """Return the answer itself, or that of the components which it points to."""
    if "$ref" not in answer:
        return answer
    found: Schema = contract["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


def _of_all(status: str) -> Iterator[str]:
    """Yield what answers of a status carry wherever they come from."""
    yield from ("RateLimit", "RateLimit-Policy", "X-Request-Id")
    if status in _OF_WAITING:
        yield "Retry-After"
    if status in _OF_CREDENTIALS:
        yield "WWW-Authenticate"
    if status == "default":
        yield "Allow"


def _of_place(path: str, method: str, status: str) -> Iterator[str]:
    """Yield what answers carry by where they come from."""
    if path.startswith("/v1/"):
        if method in _WRITES and status.startswith("2"):
            yield "Banyan-Freshness"
    elif path.startswith("/auth/"):
        yield "X-CSRFToken"


def _of_age(operation: Schema, status: str) -> Iterator[str]:
    """Yield what successes of an operation carry that will go."""
    if operation.get("deprecated") and status.startswith("2"):
        yield from ("Deprecation", "Link", "Sunset")
