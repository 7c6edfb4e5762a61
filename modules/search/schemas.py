"""What goes into and comes out of search."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from modules.kernel.shapes import Query, Shape
from modules.kernel.text import PlainText
from modules.posts.schemas import PostPage

SearchText = Annotated[str, PlainText(2, 200, lines=False)]


class PostSearch(Query):
    """What to look for in posts."""

    q: SearchText = Field(
        description="Words that are all to be there, in any order and case, with accents or without. "
        'Beside them: `"words in this order"`, `begin*`, `-not`, `#tag`, `from:username`.',
        examples=['coffee "slow morning" from:ada'],
    )


class UserSearch(Query):
    """Whom to look for."""

    q: SearchText = Field(
        description="Beginnings of words of their names, in any order; case and accents do not matter.",
        examples=["ada lov"],
    )


class Coverage(Shape):
    """How far a search has reached."""

    instances: int = Field(description="On how many parts of the service posts were looked for.")
    missing: list[str] = Field(
        description="Which of these did not answer in time: what they hold is lacking here; ask again later.",
        examples=[[]],
    )


class PostSearchPage(PostPage):
    """A page of posts that were found, newest first; at most 1,000 are walked from the newest."""

    coverage: Coverage


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How much a search may cost, in seconds of an instance's time for each page, and how deep it goes."""

    within_s: float = 0.3
    max_depth: int = 1000
