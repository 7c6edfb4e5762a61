"""What shapes take and give, without any HTTP."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from modules.kernel.shapes import Body, Id, Moment, Nothing, Page, Shape, Single

GREATEST = 2**63 - 1


class Card(Shape):
    """A card."""

    id: Id
    parent_id: Id | None
    at: Moment


class Likes(Shape):
    """A count."""

    likes: int


class Included(Shape):
    """What cards mention."""

    users: dict[Id, Card]


class CardPage(Page[Card, Included, Likes]):
    """A page of cards."""


class CardView(Single[Card, Included, Likes]):
    """One card."""


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


class TestPageSpliced:
    def test_equals_the_page_drawn_from_its_fields(self):
        cards = [card(n) for n in (3, 2, 1)]
        drawn = CardPage(
            data=cards,
            included=Included(users={9: card(9)}),
            state={3: Likes(likes=1)},
            next="abc-_",
            prev=None,
        )

        spliced = CardPage.spliced(
            data=[each.json_bytes() for each in cards],
            users={9: card(9).json_bytes()},
            state={3: Likes(likes=1)},
            next="abc-_",
        )

        assert spliced.json_bytes() == drawn.json_bytes()

    def test_takes_state_as_finished_json_too(self):
        page = CardPage.spliced(data=[], users={}, state={3: b'{"likes":1}'})

        assert json.loads(page.json_bytes())["state"] == {"3": {"likes": 1}}

    def test_has_the_pages_type_and_its_parts(self):
        page = CardPage.spliced(data=[b"1", b"2"], users={}, state={}, next="n", prev="p")

        assert isinstance(page, CardPage)
        assert (len(page.data), page.next, page.prev) == (2, "n", "p")

    def test_of_nothing_is_an_empty_page(self):
        page = Page[Card, Nothing, Nothing].spliced(data=[], state={})

        whole = b'"next":null,"prev":null,"partial":false,"missing":[]}'
        assert page.json_bytes() == b'{"data":[],"included":{},"state":{},' + whole

    def test_of_a_part_says_so_and_names_the_rest(self):
        page = CardPage.spliced(data=[], users={}, state={}, partial=True, missing=[7, 2**62])

        assert page.json_bytes().endswith(b'"partial":true,"missing":["7","%d"]}' % 2**62)


class TestSingleSpliced:
    def test_equals_the_envelope_drawn_from_its_fields(self):
        drawn = CardView(data=card(1), included=Included(users={}), state={1: Likes(likes=2)})

        spliced = CardView.spliced(data=card(1).json_bytes(), users={}, state={1: Likes(likes=2)})

        assert spliced.json_bytes() == drawn.json_bytes()
