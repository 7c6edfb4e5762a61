"""Which headers the contract promises of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml

from deploy.embedded.layout import ROOT

# What any HTTP answer has, what a browser alone looks at, and what forbids it to run or keep an answer.
OF_HTTP = frozenset(
    {
        "connection",
        "keep-alive",
        "content-length",
        "content-type",
        "date",
        "server",
        "transfer-encoding",
        "vary",
    }
    | {"cache-control", "content-security-policy", "expires", "referrer-policy", "x-content-type-options"}
    | {"cross-origin-opener-policy", "set-cookie", "x-frame-options"}
)


def undeclared(method: str, path: str, status: int, headers: Iterable[str]) -> set[str]:
    """Return the headers of an answer that the contract does not name, if it names that."""
    operation = _operation(method, path.partition("?")[0])
    if operation is None:
        return set()
    answers = operation["responses"]
    answer = answers.get(str(status)) or answers.get("default")
    if answer is None:
        return set()
    if "$ref" in answer:
        answer = _contract()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    told = {name.lower() for name in answer.get("headers", {})}
    sent = {name.lower() for name in headers if not name.lower().startswith("access-control-")}
    return sent - told - OF_HTTP


@cache
def _contract() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((ROOT / "openapi" / "banyan.yaml").read_bytes(), yaml.CSafeLoader)
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return what each path looks like, those without parameters first."""
    paths = sorted(_contract()["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in paths]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, item in _patterns():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = item.get("get" if method == "HEAD" else method.lower())
            return found
    return None
