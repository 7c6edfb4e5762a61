"""What tests of search share."""

from __future__ import annotations

from modules.graph import public as graph
from modules.graph.schemas import PUBLIC_VIEWER, Viewer
from modules.kernel.rendered import Rendered
from modules.search.schemas import PostSearchPage
from tests.kit.people import Person


def viewer_of(person: Person | None) -> Viewer:
    """Return somebody as who looks, or nobody."""
    return graph.viewer_of(person.id) if person else PUBLIC_VIEWER


def ids_of(page: Rendered[PostSearchPage]) -> list[int]:
    """Return the ids of the posts that were found."""
    return [card.id for card in page.parse().data]
