"""
What a newer contract breaks for clients of an older one.

Bodies and parameters may grow wider, answers may grow longer; the other way round somebody's code stops
working. Each change is one line, by which `breaking.yaml` acknowledges it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi.components import Schema

METHODS = ("get", "post", "put", "patch", "delete")
SENT, ANSWERED = "sent", "answered"
_AT_MOST = ("maxLength", "maximum", "maxItems", "maxProperties", "exclusiveMaximum")
_AT_LEAST = ("minLength", "minimum", "minItems", "minProperties", "exclusiveMinimum")
_EXACT = ("pattern", "format", "const", "propertyNames")


def find_breaks(old: Schema, new: Schema) -> list[str]:
    """Return what the new contract breaks, a line each, sorted."""
    return sorted(set(_Comparison(old, new).run()))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two contracts, each with its own components."""

    old: Schema
    new: Schema

    def run(self) -> Iterator[str]:
        """Yield what was broken, operation by operation."""
        for path, item in self.old["paths"].items():
            for method in (method for method in METHODS if method in item):
                before, after = item[method], self.new["paths"].get(path, {}).get(method)
                where = f"{method.upper()} {path}"
                if after is None:
                    yield f"{where}: removed"
                else:
                    yield from self._operation(where, before, after)

    def _operation(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield what was broken of one operation."""
        if old["operationId"] != new["operationId"]:
            yield f"{where}: operationId {old['operationId']} became {new['operationId']}"
        yield from self._callers(where, old, new)
        yield from self._parameters(where, old, new)
        yield from self._body(where, old, new)
        yield from self._answers(where, old, new)

    def _callers(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield the credentials that are no longer enough."""
        kept = [sorted(each) for each in new.get("security", [{}])]
        for each in old.get("security", []):
            if sorted(each) not in kept:
                yield f"{where}: no longer takes {next(iter(each), 'anonymous callers')}"
        scope = new.get("x-required-scope")
        if "x-required-scope" in old and scope not in (None, old["x-required-scope"]):
            yield f"{where}: needs the scope {scope}"

    def _parameters(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield what was broken of parameters."""
        before, after = self._named(self.old, old), self._named(self.new, new)
        for (place, name), parameter in after.items():
            known = before.get((place, name), {})
            if parameter.get("required") and not known.get("required"):
                yield f"{where}: {place} parameter {name} is required"
        for (place, name), parameter in before.items():
            here = f"{where}: {place} parameter {name}"
            if (place, name) in after:
                yield from self._schema(here, parameter["schema"], after[place, name]["schema"], SENT, ())
            elif place != "header":
                # A header that nobody reads any more is ignored; an unknown query parameter is refused.
                yield f"{here} is removed"

    def _body(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield what was broken of the request's body."""
        before = _follow(self.old, old.get("requestBody", {}))
        after = _follow(self.new, new.get("requestBody", {}))
        if after.get("required") and not before.get("required"):
            yield f"{where}: a body is required"
        yield from self._contents(f"{where}: body", before, after, SENT)

    def _answers(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield what was broken of answers; a client may not wait for a status that no longer comes."""
        for status, answer in old["responses"].items():
            here = f"{where}: answer {status}"
            if status not in new["responses"]:
                yield f"{here} is removed"
                continue
            before, after = _follow(self.old, answer), _follow(self.new, new["responses"][status])
            yield from self._contents(here, before, after, ANSWERED)

    def _contents(self, where: str, old: Schema, new: Schema, way: str) -> Iterator[str]:
        """Yield what was broken of a body by media type."""
        for kind, media in old.get("content", {}).items():
            if kind not in new.get("content", {}):
                yield f"{where} is no longer {kind}"
            else:
                yield from self._schema(where, media["schema"], new["content"][kind]["schema"], way, ())

    def _schema(self, where: str, old: Any, new: Any, way: str, seen: tuple[str, ...]) -> Iterator[str]:
        """Yield what was broken of a value, and of what it is made of."""
        (old, reference), (new, _) = _open(self.old, old), _open(self.new, new)
        if reference and reference in seen:
            return
        seen = (*seen, reference)
        yield from _types(where, old, new, way)
        if way == SENT:
            yield from _limits(where, old, new)
        yield from self._fields(where, old, new, way, seen)
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
                yield from self._schema(f"{where}[]", old[part], new[part], way, seen)
        for part in ("allOf", "anyOf", "oneOf"):
            yield from self._choices(where, old.get(part, []), new.get(part, []), way, seen)

    def _fields(self, where: str, old: Schema, new: Schema, way: str, seen: tuple[str, ...]) -> Iterator[str]:
        """Yield what was broken of an object's fields."""
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name in after:
                yield from self._schema(f"{where}.{name}", before[name], after[name], way, seen)
            elif way == ANSWERED or new.get("additionalProperties") is False:
                yield f"{where}.{name} is removed"
        was, now = set(old.get("required", [])), set(new.get("required", []))
        if way == SENT:
            yield from (f"{where}.{name} is required" for name in now - was)
        else:
            yield from (f"{where}.{name} may be missing" for name in was & set(after) - now)

    def _choices(
        self, where: str, old: list[Schema], new: list[Schema], way: str, seen: tuple[str, ...]
    ) -> Iterator[str]:
        """Yield what was broken of alternatives, which keep their order; a body may not lose one."""
        for before, after in zip(old, new, strict=False):
            yield from self._schema(where, before, after, way, seen)
        if way == SENT and len(new) < len(old):
            yield f"{where} has fewer alternatives"

    def _named(self, contract: Schema, operation: Schema) -> dict[tuple[str, str], Schema]:
        """Return an operation's parameters by place and name."""
        found = [_follow(contract, each) for each in operation.get("parameters", [])]
        return {(each["in"], each["name"]): each for each in found}


def _follow(contract: Schema, part: Schema) -> Schema:
    """Return what a reference leads to, or the part itself."""
    while "$ref" in part:
        found: Any = contract
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _open(contract: Schema, part: Schema) -> tuple[Schema, str]:
    """
    Return what a part is, and the reference that led there if one did.

    Pydantic writes "or null" as a choice of two; here it is one more type, as others write it.
    """
    reference, part = part.get("$ref", ""), _follow(contract, part)
    match part.get("anyOf"):
        case [meant, {"type": "null"}] if types := _listed(_follow(contract, meant).get("type")):
            rest = {name: each for name, each in part.items() if name != "anyOf"}
            part = {**_follow(contract, meant), **rest, "type": [*types, "null"]}
            return part, reference or meant.get("$ref", "")
    return part, reference


def _types(where: str, old: Schema, new: Schema, way: str) -> Iterator[str]:
    """Yield the types that are no longer taken, or that a client never had to expect."""
    before, after = _listed(old.get("type")), _listed(new.get("type"))
    lost = before - after if way == SENT else after - before
    if before and after and lost - ({"integer"} if "number" in after and way == SENT else set()):
        yield f"{where} was {' or '.join(sorted(before))} and is {' or '.join(sorted(after))}"


def _limits(where: str, old: Schema, new: Schema) -> Iterator[str]:
    """Yield the limits that leave less room."""
    tighter = [name for name in _AT_MOST if name in new and new[name] < old.get(name, math.inf)]
    tighter += [name for name in _AT_LEAST if name in new and new[name] > old.get(name, -math.inf)]
    yield from (f"{where} has {name} {new[name]}" for name in tighter)
    for name in _EXACT:
        if name in new and new[name] != old.get(name):
            yield f"{where} has {name} {new[name]}"
    if "enum" in new and (lost := [each for each in old.get("enum", ["others"]) if each not in new["enum"]]):
        yield f"{where} no longer takes {', '.join(map(str, lost))}"


def _listed(kind: Any) -> set[str]:
    """Return types as a set, however they are written."""
    return set(kind) if isinstance(kind, list) else {kind} - {None}
