"""Tags as they are looked for and shown, and how much they are used."""

from typing import Annotated, NamedTuple

from pydantic import Field

from modules.kernel.shapes import Nothing, Page, Query, Shape

# The channel of each Redis on which is told what the lists of tags that lie there have new.
TAG_NEWS = "tag:news"

# In a path, however it is written; what no text could have is refused by the rules of texts.
TagName = Annotated[str, Field(examples=["forest"])]


class TagCard(Shape):
    """A tag, and how much it was used in the last 24 hours."""

    tag: str = Field(description="In its canonical form (NFKC, case folded).", examples=["forest"])
    posts: int = Field(description="How many public posts had it when they were published.")
    authors: int = Field(description="How many people wrote these.")


class TagPage(Page[TagCard, Nothing, Nothing]):
    """A page of tags, those of most authors first."""


class TagQuery(Query):
    """By what beginning to look for tags."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=65,
            description="How the tag begins, however it is written, with `#` or without.",
            examples=["for"],
        ),
    ]


class TagNews(NamedTuple):
    """The list of a tag has a new post."""

    tag_id: int
    post_id: int


class RankedPost(NamedTuple):
    """A popular post, and who wrote it."""

    post_id: int
    author_id: int
