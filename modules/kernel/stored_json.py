"""A column of JSON that comes back as it was checked."""

import json
from typing import Any

from django.db import models
from pydantic_core import to_json


class StoredJson(models.TextField):  # type: ignore[type-arg]
    """
    JSON kept as it was checked, to the byte.

    jsonb would keep other numbers than were sent: 1e20 as a whole one, 1e308 in 309 digits, -0.0 without its
    sign; and keys in an order of its own. Nothing here is looked for by what is in it.
    """

    # For django-stubs: what is set and what is got.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def deconstruct(self) -> Any:
        """Be plain text to migrations, which must mean tomorrow what they mean today."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """Return the bytes that the size was counted on."""
        return value if value is None or hasattr(value, "resolve_expression") else to_text(value)

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Return what was kept."""
        return None if value is None else json.loads(value)


def to_text(value: Any) -> str:
    """Return the JSON that is kept of a value; for statements that are written by hand."""
    return to_json(value).decode()
