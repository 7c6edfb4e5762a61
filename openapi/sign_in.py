"""
Allauth's own contract as a part of ours: sign-up, log-in and the rest under `/auth/`.

It is written for OpenAPI 3.0.3 and has no operation ids; both are mended here, and everything that no
operation of it reaches is left out. `get_schema` is internal to allauth: the lock pins its version.
"""

import re
from collections.abc import Iterator
from typing import Any

from allauth.headless.spec.internal.schema import get_schema

Schema = dict[str, Any]

TAG = "auth"
_METHODS = ("get", "post", "put", "patch", "delete")
_REFERENCE = re.compile(r"#/components/(\w+)/(\w+)")


def merge(contract: Schema) -> None:
    """Add allauth's paths, and the components that they reach, to the contract."""
    theirs: Schema = get_schema()
    for path, item in theirs["paths"].items():
        for method, operation in _operations(item):
            operation["operationId"] = _name(method, path)
            operation["tags"] = [TAG]
        contract["paths"][path] = _mend(item)
    for section, name in sorted(_reachable(theirs)):
        part = contract["components"].setdefault(section, {})
        part[f"Auth{name}"] = _mend(theirs["components"][section][name])


def _operations(item: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the operations of a path."""
    return ((method, item[method]) for method in _METHODS if method in item)


def _name(method: str, path: str) -> str:
    """Return an operation id: the verb, then what it is done to."""
    verb = {"get": "get", "post": "post", "put": "replace", "patch": "change", "delete": "end"}[method]
    words = re.sub(r"^/auth/(\{client\}|app)/v1/|\W+", " ", path).split()
    return "_".join([TAG, verb, *[word for word in words if word != TAG]])


def _mend(part: Any) -> Any:
    """Return a part with its references led to our names, and what 3.0 said of null said as 3.1 does."""
    if isinstance(part, list):
        return [_mend(each) for each in part]
    if not isinstance(part, dict):
        return part
    mended = {key: _mend(value) for key, value in part.items()}
    if isinstance(mended.get("$ref"), str):
        mended["$ref"] = _REFERENCE.sub(r"#/components/\1/Auth\2", mended["$ref"])
    if mended.pop("nullable", False) and isinstance(mended.get("type"), str):
        mended["type"] = [mended["type"], "null"]
    return mended


def _reachable(theirs: Schema) -> set[tuple[str, str]]:
    """Return section and name of every component that a path leads to."""
    found: set[tuple[str, str]] = set()
    ahead = set(_references(theirs["paths"]))
    while ahead:
        found |= ahead
        reached = [theirs["components"][section][name] for section, name in ahead]
        ahead = set(_references(reached)) - found
    return found


def _references(part: Any) -> Iterator[tuple[str, str]]:
    """Yield section and name of every component that a part names."""
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
    elif isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str) and (match := _REFERENCE.fullmatch(reference)):
            yield match[1], match[2]
        yield from _references(list(part.values()))
