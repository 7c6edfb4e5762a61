"""What shapes take and give, without any HTTP."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from modules.kernel.shapes import Body, Id, Page
from tests.kernel.shapes import Card, Included, Likes

GREATEST = 2**63 - 1


class CardPage(Page[Card, Included, Likes]):
    """A page of cards."""


class Target(Body):
    """An id to send."""

    id: Id


def card(id: int) -> Card:
    return Card(id=id, parent_id=None, at=datetime(2026, 1, 2, 3, 4, 5, 678, UTC))


class TestId:
    def test_is_a_string_in_json_and_an_int_inside(self):
        sent = Card(id=GREATEST, parent_id=7, at=datetime(2026, 1, 1, tzinfo=UTC))

        assert json.loads(sent.json_bytes())["id"] == "9223372036854775807"
        assert json.loads(sent.json_bytes())["parent_id"] == "7"
        assert sent.id == GREATEST

    def test_comes_back_from_json_as_the_same_int(self):
        assert Target.model_validate_json(b'{"id":"9223372036854775807"}').id == GREATEST

    @pytest.mark.parametrize("id", [0, -1, GREATEST + 1, "7", 7.0, True])
    def test_from_python_is_an_int_of_63_bits(self, id):
        with pytest.raises(ValidationError):
            Target(id=id)

    def test_is_a_string_as_a_key(self):
        page = CardPage(
            data=[], included=Included(users={7: card(7)}), state={5: Likes(likes=1)}, next=None, prev=None
        )

        answer = json.loads(page.json_bytes())

        assert list(answer["included"]["users"]) == ["7"]
        assert list(answer["state"]) == ["5"]


class TestMoment:
    def test_is_shown_in_utc_with_a_z(self):
        east = datetime(2026, 1, 2, 5, tzinfo=timezone(timedelta(hours=2)))

        assert b'"2026-01-02T03:00:00.000000Z"' in Card(id=1, parent_id=None, at=east).json_bytes()

    def test_needs_a_zone(self):
        with pytest.raises(ValidationError):
            Card(id=1, parent_id=None, at=datetime(2026, 1, 1))  # noqa: DTZ001

    def test_keeps_its_microseconds(self):
        assert b'"2026-01-02T03:04:05.000678Z"' in card(1).json_bytes()


class TestShape:
    def test_cannot_be_changed(self):
        with pytest.raises(ValidationError):
            card(1).id = 2  # type: ignore[misc]

    def test_requires_every_field_in_its_schema(self):
        assert Card.model_json_schema(mode="serialization")["required"] == ["id", "parent_id", "at"]
