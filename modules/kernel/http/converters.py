"""The path converters of ids and names: `<id:user_id>` takes what the API gives out, and nothing else."""

from uuid import UUID

from django.urls import register_converter
from django.urls.converters import StringConverter

from modules.kernel.shapes import MAX_ID


class IdConverter:
    """Turns a canonical decimal id of at most 63 bits into an int; anything else is no such path."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id as a number, or refuse the path."""
        if (number := int(value)) > MAX_ID:
            raise ValueError("more than 63 bits")
        return number

    def to_url(self, value: int) -> str:
        """Return the id as it stands in a path."""
        return str(value)


class ClientUuidConverter:
    """Takes a UUID that a client chose; some platforms write them in capitals, which are the same."""

    regex = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def to_python(self, value: str) -> UUID:
        """Return the UUID."""
        return UUID(value)

    def to_url(self, value: UUID) -> str:
        """Return the UUID as it stands in a path."""
        return str(value)


class NameConverter(StringConverter):
    """Takes the name of a kind of thing, as the operator's settings have it."""

    regex = "[a-z0-9_]{1,20}"


register_converter(IdConverter, "id")
register_converter(ClientUuidConverter, "client_uuid")
register_converter(NameConverter, "name")
