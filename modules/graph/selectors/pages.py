"""A page of edges: the same for both sides."""

from operator import itemgetter
from typing import Any

from modules.graph.schemas import Edge, EdgePage
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from sharding.ids import moment_of
from sharding.querysets import ShardedQuerySet


def build_edge_page(rows: ShardedQuerySet[Any], other: str, paging: Paging) -> EdgePage:
    """Return a page of edges, newest first; `other` names the column of the person at the far end."""
    found = keyset.page(rows.values_list("edge_id", other), paging, "edge_id", at=itemgetter(0))
    return EdgePage(
        edges=[Edge(user_id=user_id, since=moment_of(edge_id)) for edge_id, user_id in found.rows],
        next=found.next,
        prev=found.prev,
    )
