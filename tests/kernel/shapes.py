"""Shapes to lay out."""

from modules.kernel.shapes import Id, Shape, UtcDateTime


class Card(Shape):
    """A card."""

    id: Id
    parent_id: Id | None
    at: UtcDateTime


class Likes(Shape):
    """A count."""

    likes: int


class Included(Shape):
    """What cards mention."""

    users: dict[Id, Card]
