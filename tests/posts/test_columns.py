"""The columns of a post, written once for every statement that the ORM does not write."""

from django.db import connections

from modules.posts.models import Post
from modules.posts.schemas import POST_COLUMNS

# Of a new row: minted, still empty, or of what is no reply and no repost.
LEFT_OUT = {
    "id",
    "deleted_at",
    "edited_at",
    "kind",
    "reply_to_id",
    "reply_to_author_id",
    "root_id",
    "root_author_id",
    "original_id",
    "original_author_id",
}
LONG = {"timestamp with time zone": "timestamptz"}


def test_are_those_of_the_model():
    types = {field.column: str(field.db_type(connections["a"])) for field in Post._meta.concrete_fields}

    assert {name: LONG.get(types[name], types[name]) for name in POST_COLUMNS} == dict(POST_COLUMNS)
    assert types.keys() - POST_COLUMNS.keys() == LEFT_OUT
