"""The columns of a post, written once for every statement that the ORM does not write."""

from django.db import connections

from modules.posts.models import Post
from modules.posts.schemas import LINK_COLUMNS, MEDIA_COLUMNS, POST_COLUMNS

# Of a new row: minted, or still empty.
LEFT_OUT = {"id", "deleted_at", "edited_at", "pin_id", "purged_at"}
LONG = {"timestamp with time zone": "timestamptz"}


def test_are_those_of_the_model():
    types = {field.column: str(field.db_type(connections["a"])) for field in Post._meta.concrete_fields}

    written = {**POST_COLUMNS, **LINK_COLUMNS, **MEDIA_COLUMNS}

    assert {name: LONG.get(types[name], types[name]) for name in written} == written
    assert types.keys() - written.keys() == LEFT_OUT
