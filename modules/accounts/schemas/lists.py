"""Lists in which nothing stands twice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema


@dataclass(frozen=True, slots=True)
class EachOnce:
    """Marks a list in which each stands once, in its canonical form: `Annotated[list[str], EachOnce()]`."""

    canonical: Callable[[str], str] = str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the list after its members."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say so in the contract, as far as JSON Schema can."""
        return {**handler(schema), "uniqueItems": True}

    def _check(self, texts: list[str]) -> list[str]:
        """
        Return the list.

        :raises ValidationError: with a pointer to all that stand there for a second time
        """
        forms = [self.canonical(text) for text in texts]
        again = [number for number, form in enumerate(forms) if form in forms[:number]]
        if again:
            raise ValidationError.from_exception_data("list", [_error(number, texts) for number in again])
        return texts


def _error(number: int, texts: list[str]) -> InitErrorDetails:
    doubled = PydanticCustomError("doubled", "Send this once; it stands in the list already.")
    return InitErrorDetails(type=doubled, loc=(number,), input=texts[number])
