"""Answers put together from finished JSON are what their shapes would be."""

from datetime import UTC, datetime

import pytest

from modules.kernel.rendered import render_page, render_single, with_fields
from modules.kernel.shapes import Batch, Nothing, Page, Shape, Single
from tests.kernel.shapes import Card, Included, Likes

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class CardPage(Page[Card, Included, Likes]):
    """A page of cards."""


class Mood(Shape):
    """What only some envelopes have."""

    is_good: bool


class MoodyPage(CardPage):
    """A page of cards, and a mood."""

    mood: Mood


class CardBatch(Batch[Card, Included, Likes]):
    """Cards by id."""


class CardView(Single[Card, Included, Likes]):
    """One card, and a mood."""

    mood: Mood


def card(id: int) -> Card:
    return Card(id=id, parent_id=None, at=NOON)


class TestRenderPage:
    @pytest.mark.parametrize("missing", [[], [7, 2**62]])
    def test_gives_the_bytes_of_the_shape(self, missing):
        cards = [card(n) for n in (3, 2, 1)]
        shape = CardPage(
            data=cards,
            included=Included(users={9: card(9)}),
            state={3: Likes(likes=1)},
            next="abc-_",
            prev=None,
            partial=bool(missing),
            missing=missing,
        )

        page = render_page(
            CardPage,
            data=[each.json_bytes() for each in cards],
            included={"users": {9: card(9).json_bytes()}},
            state={3: Likes(likes=1)},
            next="abc-_",
            partial=bool(missing),
            missing=missing,
        )

        assert page.json_bytes() == shape.json_bytes()
        assert page.parse() == shape
        assert (page.next, page.prev, page.version) == ("abc-_", None, 0)

    def test_of_nothing_is_an_empty_page(self):
        shape = Page[Card, Nothing, Nothing]

        page = render_page(shape, data=[], included={}, state={}, prev="p")

        assert page.parse() == shape(data=[], included=Nothing(), state={}, next=None, prev="p")

    def test_of_a_batch_names_what_is_unavailable(self):
        page = render_page(
            CardBatch, data=[], included={"users": {}}, state={}, missing=[7, 8], unavailable=[8]
        )

        assert (page.parse().missing, page.parse().unavailable) == ([7, 8], [8])
        assert page.json_bytes() == page.parse().json_bytes()


class TestWithFields:
    def test_gives_the_bytes_of_the_larger_shape_and_leads_on_as_the_page_does(self):
        included = {"users": {9: card(9).json_bytes()}}
        page = render_page(CardPage, data=[card(1).json_bytes()], included=included, state={}, next="n")

        moody = with_fields(page, MoodyPage, {"mood": Mood(is_good=True)})

        assert moody.parse() == MoodyPage(**dict(page.parse()), mood=Mood(is_good=True))
        assert moody.json_bytes() == moody.parse().json_bytes()
        assert (moody.next, moody.prev) == ("n", None)
        assert with_fields(page, CardPage, {}) == page


class TestRenderSingle:
    def test_gives_the_bytes_of_the_shape_with_its_own_fields(self):
        shape = CardView(
            data=card(1), included=Included(users={}), state={1: Likes(likes=2)}, mood=Mood(is_good=True)
        )

        view = render_single(
            CardView,
            data=card(1).json_bytes(),
            included={"users": {}},
            state={1: Likes(likes=2)},
            version=4,
            fields={"mood": Mood(is_good=True)},
        )

        assert (view.json_bytes(), view.version) == (shape.json_bytes(), 4)
        assert view.parse() == shape
