"""A page of edges: the same for both sides."""

from typing import Any

from modules.graph.schemas import Edge, EdgePage
from modules.kernel.cursors import Paging
from sharding.ids import moment_of
from sharding.querysets import ShardedQuerySet


def lay_edges(rows: ShardedQuerySet[Any], other: str, paging: Paging) -> EdgePage:
    """
    Return a page of edges by keyset, newest first; `other` names the column of the person at the far end.

    One read of an index, of one row more than the page: that row says whether there is a next page. A
    page with anything on it has `prev`, which finds what has been added since.
    """
    found = list(_keyset(rows, paging).values_list("edge_id", other)[: paging.limit + 1])
    shown = found[: paging.limit]
    if paging.newer:
        shown.reverse()
    has_older = paging.newer or len(found) > paging.limit
    return EdgePage(
        edges=[Edge(user_id=user_id, followed_at=moment_of(edge_id)) for edge_id, user_id in shown],
        next=paging.older_than(shown[-1][0]) if shown and has_older else None,
        prev=paging.newer_than(shown[0][0]) if shown else None,
    )


def _keyset(rows: ShardedQuerySet[Any], paging: Paging) -> ShardedQuerySet[Any]:
    """Return the rows beyond the cursor, nearest to it first."""
    if paging.position is None:
        return rows.order_by("-edge_id")
    [edge_id] = paging.position
    if paging.newer:
        return rows.filter(edge_id__gt=edge_id).order_by("edge_id")
    return rows.filter(edge_id__lt=edge_id).order_by("-edge_id")
