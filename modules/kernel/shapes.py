"""
Shapes: what goes in and what comes out, written once as pydantic models.

`Body` is what a client sends as JSON, `Query` what it sends in the query string, `Shape` what it
gets back. Nothing here knows Django: shapes cross every door, also those without a request.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_json

MAX_ID = 2**63 - 1
ID_PATTERN = "^[1-9][0-9]{0,18}$"
_ID = re.compile("[1-9][0-9]{0,18}")


def _parse_id(text: str) -> int:
    """Return the id that a canonical decimal string of at most 19 digits names."""
    if (value := int(text)) > MAX_ID:
        raise ValueError("more than 63 bits")
    return value


class _IdSchema:
    """Makes an int a canonical decimal string in JSON, both ways; JavaScript cannot hold 63 bits."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Return a schema that takes ints from Python and strings from JSON and query strings."""
        from_text = core_schema.custom_error_schema(
            core_schema.no_info_after_validator_function(
                _parse_id, core_schema.str_schema(pattern=ID_PATTERN, strict=True)
            ),
            custom_error_type="id_invalid",
            custom_error_message="Send an id exactly as the API gave it: a string of digits.",
        )
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.int_schema(strict=True, ge=1, le=MAX_ID),
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema of an id, the same in both directions."""
        return {"type": "string", "pattern": ID_PATTERN, "examples": ["284736281736281"]}


Id = Annotated[int, _IdSchema]


def _to_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _to_text(moment: datetime) -> str:
    """Return how JSON shows a moment of UTC; always with six digits, so that texts sort as times do."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


UtcDateTime = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(_to_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


def _split_ids(text: Any) -> tuple[int, ...]:
    """Return the ids of a comma-separated list, each once, in order."""
    parts = text.split(",") if isinstance(text, str) else []
    ids = tuple(dict.fromkeys(int(part) for part in parts if _ID.fullmatch(part)))
    if not ids or max(ids) > MAX_ID or not all(_ID.fullmatch(part) for part in parts):
        raise PydanticCustomError("ids_invalid", "Send ids as the API gave them, separated by commas.")
    if len(ids) > 100:
        raise PydanticCustomError("ids_too_many", "Send at most 100 ids.")
    return ids


class _IdsSchema:
    """Makes `?ids=1,2,3` a tuple of ints."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Return a schema that parses text and takes a tuple of ints from Python as it is."""
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_plain_validator_function(_split_ids),
            python_schema=core_schema.tuple_variable_schema(core_schema.int_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema of the comma-separated text."""
        return {
            "type": "string",
            "pattern": "^[1-9][0-9]{0,18}(,[1-9][0-9]{0,18}){0,99}$",
            "examples": ["12,34"],
        }


Ids = Annotated[tuple[int, ...], _IdsSchema]


class Body(BaseModel):
    """The base of what a client sends: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """The base of what a client sends in a query string, where everything is text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _digits(text: Any) -> Any:
    """Return the text if it is what a whole number looks like; pydantic alone takes ` 1_0.0 ` for ten."""
    if isinstance(text, str) and not _WHOLE.fullmatch(text):
        raise PydanticCustomError("int_parsing", "Send a whole number.")
    return text


_WHOLE = re.compile("-?(0|[1-9][0-9]{0,18})")


class IntRange:
    """Marks a number in a query string, and between what it must lie: `Annotated[int, IntRange(1, 100)]`."""

    def __init__(self, least: int, most: int) -> None:
        """Keep the limits."""
        self.least = least
        self.most = most

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return a schema of a number that is written in one way only."""
        number = core_schema.int_schema(ge=self.least, le=self.most)
        return core_schema.no_info_before_validator_function(_digits, number)


class ByIds(Query):
    """What to show, by id."""

    ids: Ids


class PagingQuery(Query):
    """A page of a list: how much, and where to go on."""

    limit: Annotated[int, IntRange(1, 100), Field(description="How many items to return at most.")] = 20
    cursor: Annotated[
        str | None, Field(min_length=1, max_length=512, description="`next` or `prev` of an earlier page.")
    ] = None


class Shape(BaseModel):
    """The base of what a client gets and of what crosses a door: frozen, and without defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def json_bytes(self) -> bytes:
        """Return the finished JSON."""
        return self.__pydantic_serializer__.to_json(self)


class JsonLimit:
    """
    Marks a JSON value of the client's own making, which may take this many bytes.

    They are counted on what `to_json` writes, so that has to be kept, and nothing that a database makes of
    it: jsonb writes 1e308 in 309 digits.
    """

    def __init__(self, max_bytes: int) -> None:
        """Keep the limit, counted on compact UTF-8 JSON."""
        self.max_bytes = max_bytes

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the value's own schema with the size checked after it."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        """Return the value if it is small enough."""
        if len(to_json(value)) > self.max_bytes:
            raise PydanticCustomError(
                "too_large", "Send at most {max_bytes} bytes of JSON here.", {"max_bytes": self.max_bytes}
            )
        return value


def let_be_absent(field: str) -> Callable[[dict[str, Any]], None]:
    """Return how a schema says that a field, None by default, is there or is not, and never null."""

    def change(schema: dict[str, Any]) -> None:
        schema["required"] = [name for name in schema["required"] if name != field]
        told = {name: value for name, value in schema["properties"][field].items() if name != "default"}
        choices, kind = told.pop("anyOf", None), told.get("type")
        # Of what may be null, a part is one choice of two, and whatever is plain has one type of two.
        meant = choices[0] if choices else {"type": kind[0] if isinstance(kind, list) else kind}
        schema["properties"][field] = told | meant

    return change


class Nothing(Shape):
    """An empty object: what a page includes, or states, when it has nothing to."""


Card = TypeVar("Card")
Included = TypeVar("Included")
State = TypeVar("State")


class Page(Shape, Generic[Card, Included, State]):
    """A page of a list: cards, what they mention, what changes without them, where to go on."""

    # Most lists are read from one place; the others say what is not so. In the answer both always stand.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    data: list[Card]
    included: Included
    state: dict[Id, State]
    next: str | None
    prev: str | None
    partial: bool = Field(
        default=False, description="Whether a part of what belongs here cannot be read now; ask again later."
    )
    missing: list[Id] = Field(
        default_factory=list, description="The ids of what belongs here and is not in `data`.", examples=[[]]
    )

    @classmethod
    def plain(
        cls,
        data: list[Card],
        *,
        next: str | None = None,
        prev: str | None = None,
        partial: bool = False,
        missing: Sequence[int] = (),
    ) -> Self:
        """Return a page whose cards mention nothing, and of which nothing else changes."""
        nothing: Any = Nothing()
        return cls(
            data=data,
            included=nothing,
            state={},
            next=next,
            prev=prev,
            partial=partial,
            missing=list(missing),
        )


class Batch(Page[Card, Included, State], Generic[Card, Included, State]):
    """What was asked for by id, in that order, and the ids of which there is none to be shown."""

    unavailable: list[Id] = Field(
        description="Those of the missing of which nobody can tell now.", examples=[[]]
    )


class Single(Shape, Generic[Card, Included, State]):
    """
    One object in the envelope of a page.

    Its `state` is the same for everybody, so that its ETag depends on nobody: what only one viewer has (their
    reaction, their bookmark) stands in the `state` of lists, which have no ETag.
    """

    data: Card
    included: Included
    state: dict[Id, State]
