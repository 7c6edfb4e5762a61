"""Tables of search."""

from modules.search.models.people import FoundPerson

__all__ = ["FoundPerson"]
