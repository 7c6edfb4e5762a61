"""Searches are counted apart from other reads, before anything is looked for."""

from modules.kernel import limits
from modules.kernel.http import Request, limiting

SEARCHES = limits.declare(
    "search", 30, 30, counts="what a user, or an address without credentials, searches for"
)


def charge_search(request: Request) -> None:
    """
    Count a search against who asks.

    :raises LimitReached: if there is nothing left for them
    """
    limiting.charge_caller(request._request, SEARCHES, request.viewer_id)
