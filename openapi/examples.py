"""
Examples of everything sent and answered, made from the shapes, so that none can be forgotten or grow old.

A shape's own examples come first, then what a field of this name usually holds; a string that neither
knows is an error of the contract: say in `WORDS` what such a field looks like.
"""

import re
from collections.abc import Iterator
from typing import Any

from drf_spectacular.drainage import error

from modules.kernel.http.problems import Problem
from openapi.components import Schema

_ID = "284736281736281"

# What a field holds, by its name.
WORDS: dict[str, Any] = {
    "action": "key_created",
    "address": "203.0.113.7",
    "alt": "A red oak in the fog",
    "app_id": "kX3bq0Vw7pYc",
    "app_name": "Forest reader",
    "bio": "I plant trees.",
    "custom": {"city": "Oslo"},
    "display_name": "Ann Example",
    "email": "ann@example.org",
    "grant_type": "authorization_code",
    "heading": "What is new",
    "id": "kX3bq0Vw7pYc",
    "key": "bk_live_s3cr3t",
    "method": "POST",
    "name": "Forest reader",
    "next": "eyJ2IjoxfQ.c2lnbmVk",
    "paragraph": "Digests come at your hour.",
    "path": "/v1/posts",
    "place": "directory",
    "post_logout_redirect_uri": "https://app.example.org/bye",
    "prefix": "bk_live_s3cr",
    "prev": None,
    "receipt": "284736281736281.c2lnbmVk",
    "redirect_uri": "https://app.example.org/callback",
    "request_id": "6f1c0b9d2a3e4f5061728394",
    "scope": "read:profiles",
    "secret": "shown-this-once",
    "subject": "News of November",
    "text": "Hello, forest",
    "time_zone": "Europe/Berlin",
    "timeline": "home",
    "url": "https://media.example.org/media/284736281736281/1/feed.webp",
    "user_agent": "Banyan/1.0 (Android 16)",
    "username": "ann",
}
_FORMATS = {
    "date-time": "2026-11-25T12:00:00Z",
    "date": "2026-11-25",
    "email": WORDS["email"],
    "uri": "https://app.example.org/callback",
    "uri-reference": "/docs",
}
_EMPTY: dict[str, Any] = {"boolean": True, "null": None, "integer": 1, "number": 1.0}
_ERRORS = {
    "body_invalid": {"pointer": "/text", "code": "too_long", "detail": "Send at most 5000 characters."},
    "query_invalid": {"parameter": "limit", "code": "int_parsing", "detail": "Send a whole number."},
}


def of_problem(problem: Problem) -> Schema:
    """Return a problem as it is answered."""
    error = _ERRORS.get(problem.code)
    return {
        "summary": problem.title,
        "value": {
            "type": f"/docs/errors#{problem.code}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail or problem.title,
            "instance": "/v1/posts",
            "code": problem.code,
            "errors": [error] if error else [],
            "request_id": "6f1c0b9d2a3e4f5061728394",
        },
    }


def fill(contract: Schema) -> None:
    """Give an example to every body and every answer of the contract that has none."""
    sampler = Sampler(contract)
    for where, media in _contents(contract):
        if "example" not in media and not media.get("examples"):
            media["example"] = sampler.sample(media["schema"], where)


class Sampler:
    """Makes values of schemas; references are followed within one contract."""

    def __init__(self, contract: Schema) -> None:
        """Keep the contract."""
        self._contract = contract

    def sample(self, schema: Schema, name: str) -> Any:
        """Return a value of a schema, which a field of this name has."""
        schema = self.resolve(schema)
        if "example" in schema or "examples" in schema:
            return schema["example"] if "example" in schema else schema["examples"][0]
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        if name in WORDS and self._is_plain(schema):
            return WORDS[name]
        if "allOf" in schema:
            return self._merge([self.sample(each, name) for each in schema["allOf"]], schema, name)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self.sample(schema[choice][0], name)
        return self._of_type(schema, name)

    def resolve(self, part: Schema) -> Schema:
        """Return what a reference leads to, or the part itself."""
        while "$ref" in part:
            found: Any = self._contract
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def _is_plain(self, schema: Schema) -> bool:
        """Return whether a schema is no list and names no fields, in no alternative either: a word may do."""
        parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
        is_one = "properties" not in schema and schema.get("type") != "array"
        return is_one and all(self._is_plain(self.resolve(part)) for part in parts)

    def _of_type(self, schema: Schema, name: str) -> Any:
        """Return a value of a schema's first type."""
        kinds = schema.get("type", "object" if "properties" in schema else "null")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return [self.sample(schema["items"], re.sub("s$", "", name))]
        if kind == "string":
            return self._string(schema, name)
        return schema.get("default", schema.get("minimum", _EMPTY[kind]))

    def _object(self, schema: Schema) -> Schema:
        """Return an object with every field, or a map with one entry."""
        fields = {name: self.sample(part, name) for name, part in schema.get("properties", {}).items()}
        entry = schema.get("additionalProperties")
        if isinstance(entry, dict) and not fields:
            return {_ID: self.sample(entry, "")} if "propertyNames" in schema else {}
        return fields

    def _string(self, schema: Schema, name: str) -> str:
        """Return a text, which must not be made up of nothing."""
        if (known := schema.get("default") or _FORMATS.get(schema.get("format", ""))) is not None:
            return str(known)
        error(f"no example of {name!r}: say in openapi/examples.py what it looks like")
        return "text"

    def _merge(self, parts: list[Any], schema: Schema, name: str) -> Any:
        """Return the parts of an `allOf`, and what stands beside it, as one."""
        if not all(isinstance(part, dict) for part in parts):
            return parts[0]
        merged: Schema = {}
        for part in [*parts, self._object(schema)]:
            merged |= part
        return merged


def _contents(contract: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield every media type of a body or an answer, with a name for it."""
    sections = contract.get("components", {})
    holders = [*sections.get("requestBodies", {}).items(), *sections.get("responses", {}).items()]
    for item in contract["paths"].values():
        for operation in (part for part in item.values() if isinstance(part, dict)):
            holders.append((operation["operationId"], operation.get("requestBody", {})))
            holders += [(operation["operationId"], each) for each in operation["responses"].values()]
    for name, holder in holders:
        for media in holder.get("content", {}).values():
            yield name, media
