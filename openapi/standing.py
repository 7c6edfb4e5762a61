"""The headers by which answers say how their caller stands: as components, at every answer that has them."""

from openapi.components import Schema

HEADERS: Schema = {
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
_OF_WAITING = ("409", "429", "503")


def add(contract: Schema) -> None:
    """Name the headers at the answers which carry them."""
    contract["components"]["headers"] = HEADERS
    for path, item in contract["paths"].items():
        for operation in (part for part in item.values() if isinstance(part, dict)):
            for status, answer in operation["responses"].items():
                named = ["RateLimit", "RateLimit-Policy"] if path.startswith("/v1/") else []
                named += ["Retry-After"] if status in _OF_WAITING else []
                if named:
                    references = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
                    answer["headers"] = {**answer.get("headers", {}), **references}
