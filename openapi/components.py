"""Shapes as components of the contract: one schema a shape, in the direction it travels."""

import re
from typing import Any, Literal

from drf_spectacular.drainage import error
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema

Direction = Literal["validation", "serialization"]
Schema = dict[str, Any]

REFERENCES = "#/components/schemas/{model}"

PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Decide on `code`; `title` and `detail` are for people.",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/docs/errors#not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The path that was asked."},
        "code": {"type": "string", "examples": ["not_found"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "request_id": {"type": "string", "description": "Name it when you ask us for help."},
        "outcome": {
            "type": "string",
            "enum": ["none", "unknown"],
            "description": "Of a write that failed: nothing happened, or nobody can say.",
        },
    },
}
IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes a repeat harmless: it gets the first answer, marked `Idempotency-Replayed`.",
    "schema": {"type": "string", "pattern": "^[!-+\\--~]{1,255}$"},
}
REPLAYED: Schema = {
    "description": "`true` if this is the answer to an earlier request.",
    "schema": {"type": "string"},
}

INPUT_ERROR: Schema = {
    "type": "object",
    "description": "One thing wrong with what was sent: in the body, a parameter or a header.",
    "required": ["code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "A JSON pointer into the body.", "examples": ["/text"]},
        "parameter": {"type": "string", "description": "The name of a query parameter."},
        "header": {"type": "string", "description": "The name of a header."},
        "code": {"type": "string", "examples": ["too_long"]},
        "detail": {"type": "string", "description": "What to send instead."},
    },
}


class _Plain(GenerateJsonSchema):
    """Pydantic's schemas without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return False."""
        return False

    def model_schema(self, schema: CoreSchema) -> JsonSchemaValue:
        """Return a model's schema under its name alone; answers may grow, so clients must not close them."""
        made = super().model_schema(schema)  # type: ignore[arg-type]
        made.pop("title", None)
        if self.mode == "serialization":
            made.pop("additionalProperties", None)
        return made

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        """Return a value that may be null as one of two types, which more generators know than a choice."""
        made = super().nullable_schema(schema)
        meant = made.get("anyOf", [{}])[0]
        if isinstance(meant.get("type"), str) and not {"enum", "const"} & meant.keys():
            return {**meant, "type": [meant["type"], "null"]}
        return made

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Return a map's schema in the words that generators of clients understand."""
        made = super().dict_schema(schema)
        made.pop("propertyNames", None)
        for pattern, value in made.pop("patternProperties", {}).items():
            made |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
        return made


def schema_of(model: type[BaseModel], direction: Direction) -> Schema:
    """Return a model's JSON schema with its parts under `$defs`."""
    return model.model_json_schema(mode=direction, ref_template=REFERENCES, schema_generator=_Plain)


def register(registry: ComponentRegistry, model: type[BaseModel], direction: Direction) -> Schema:
    """Put a model and all its parts among the components, and return the reference to it."""
    schema = schema_of(model, direction)
    parts: dict[str, Schema] = schema.pop("$defs", {})
    name = re.sub(r"\W+", "_", model.__name__).strip("_")
    for part_name, part in {**parts, name: schema}.items():
        if part != {"$ref": REFERENCES.format(model=part_name)}:
            put(registry, part_name, part)
    return {"$ref": REFERENCES.format(model=name)}


def put(registry: ComponentRegistry, name: str, schema: Schema) -> None:
    """Put a schema among the components; two different ones under one name are an error."""
    component = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
    )
    if component in registry and registry[component].schema != schema:
        error(f"two shapes are called {name}; a client could not tell them apart: rename one")
    registry.register_on_missing(component)


def put_example(registry: ComponentRegistry, name: str, example: Schema) -> None:
    """Put an example among the components."""
    registry.register_on_missing(
        ResolvedComponent(name=name, type=ResolvedComponent.EXAMPLE, object=name, schema=example)  # type: ignore[no-untyped-call]
    )
