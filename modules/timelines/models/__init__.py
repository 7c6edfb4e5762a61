"""Tables of timelines, and beside them its windows, which are none: they live in Redis."""

from modules.timelines.models.lists import List, ListMember
from modules.timelines.models.markers import Marker
from modules.timelines.models.rankings import Ranking

__all__ = ["List", "ListMember", "Marker", "Ranking"]
