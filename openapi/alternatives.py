"""
One object in place of alternatives, for generators of clients know no others.

Most of them read `anyOf: [{required: [username]}, {required: [email]}]` as "all of these", and make of an
answer that is one of seven objects a class which fails for the sixth. An object that has every field, and
requires only what all of them require, says less; what it does not say, the service does: it refuses and
points.
"""

from collections.abc import Iterable
from typing import Any

from openapi.components import Schema

_SAID_OF_OBJECTS = ("properties", "required", "allOf", "anyOf", "oneOf")


class Uniter:
    """Writes alternatives and compositions of objects as one object, within one contract."""

    def __init__(self, contract: Schema) -> None:
        """Keep the contract."""
        self._schemas: Schema = contract["components"]["schemas"]

    def write(self, part: Any) -> Any:
        """Return a part of the contract with every object in it written as one."""
        if isinstance(part, list):
            return [self.write(each) for each in part]
        if not isinstance(part, dict):
            return part
        if any(isinstance(part.get(key), list) for key in ("allOf", "anyOf", "oneOf")):
            return self._one(part)
        return {key: self.write(value) for key, value in part.items()}

    def _one(self, schema: Schema) -> Schema:
        """Return a schema as one object, if objects are all that it is made of."""
        for key in ("anyOf", "oneOf"):
            choices = _distinct(schema.get(key, []))
            if len(choices) == 1:
                rest = {name: each for name, each in schema.items() if name != key}
                return dict(self.write(rest | choices[0]))
        if not self._is_object(schema):
            return {key: self.write(value) for key, value in schema.items()}
        return self._object(schema)

    def _object(self, schema: Schema) -> Schema:
        """Return all that a schema says of an object, wherever it stands in it."""
        schema = self._follow(schema)
        made: Schema = {name: each for name, each in schema.items() if name not in _SAID_OF_OBJECTS}
        made |= {"type": "object", "properties": self.write(schema.get("properties", {}))}
        required = set(schema.get("required", []))
        choices = [self._unite(schema[key]) for key in ("anyOf", "oneOf") if key in schema]
        for part in [*(self._object(each) for each in schema.get("allOf", [])), *choices]:
            made["properties"] = part["properties"] | made["properties"]
            made.setdefault("description", part.get("description", ""))
            required |= set(part.get("required", []))
        return _tidy(made | {"required": sorted(required)})

    def _unite(self, choices: Iterable[Schema]) -> Schema:
        """Return an object with the fields of all alternatives, which requires what each requires."""
        objects = [self._object(each) for each in choices]
        fields: dict[str, list[Schema]] = {}
        for each in objects:
            for name, field in each["properties"].items():
                fields.setdefault(name, []).append(field)
        required = set.intersection(*(set(each.get("required", [])) for each in objects))
        properties = {name: self._either(kinds) for name, kinds in fields.items()}
        return _tidy({"type": "object", "properties": properties, "required": sorted(required)})

    def _either(self, kinds: list[Schema]) -> Schema:
        """Return a field that different alternatives describe."""
        kinds = _distinct(kinds)
        if len(kinds) == 1:
            return kinds[0]
        if all(self._is_object(each) for each in kinds):
            return self._unite(kinds)
        made = {name: each for kind in map(self._follow, kinds) for name, each in kind.items()}
        values = [self._follow(each).get("enum") for each in kinds]
        if None in values:
            made.pop("enum", None)
        else:
            made["enum"] = list(dict.fromkeys(value for listed in values for value in listed or []))
        return made

    def _is_object(self, schema: Schema) -> bool:
        """Return whether a schema speaks of objects alone."""
        schema = self._follow(schema)
        parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
        if "properties" not in schema and schema.get("type") != "object" and not parts:
            return False
        return all(self._is_object(part) for part in parts)

    def _follow(self, schema: Schema) -> Schema:
        """Return what a reference leads to, or the schema itself."""
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema


def _distinct(parts: list[Schema]) -> list[Schema]:
    """Return the parts without repeats."""
    return [part for at, part in enumerate(parts) if part not in parts[:at]]


def _tidy(schema: Schema) -> Schema:
    """Return a schema without empty members."""
    return {name: part for name, part in schema.items() if part not in ("", [])}
