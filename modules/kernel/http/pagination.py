"""Joining lists to HTTP: `limit` and `cursor` in, the `Link` header out."""

from functools import cache
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest

from modules.kernel.cursors import Paging, Signer
from modules.kernel.shapes import PagingQuery

PAGING_NAMES = frozenset(PagingQuery.model_fields)


@cache
def _signer(secrets: tuple[str, ...]) -> Signer:
    """Return the signer of these secrets."""
    return Signer(secrets)


def make_paging(
    request: HttpRequest,
    asked: PagingQuery,
    *,
    operation_id: str,
    viewer_id: int | None,
    filters: dict[str, str],
) -> Paging:
    """
    Return the page that was asked for.

    Its cursors hold only for this operation, path, caller and set of filters.

    :raises CursorInvalid: if the cursor was made for anything else
    """
    place = urlencode(sorted(filters.items())) if filters else ""
    bound = f"{operation_id}\n{request.path}\n{viewer_id or ''}\n{place}"
    signer = _signer((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    paging = Paging(limit=asked.limit, signer=signer, bound=bound)
    return paging if asked.cursor is None else paging.at(asked.cursor)


def link_header(
    request: HttpRequest, parameters: dict[str, str], *, next: str | None, prev: str | None
) -> str:
    """Return the `Link` header (RFC 8288) to the neighbors of a page; an empty string if it has none."""
    others = {name: text for name, text in parameters.items() if name != "cursor"}
    # Cursors are base64url: nothing in them needs a quote.
    start = f"<{quote(request.path)}?{urlencode(others)}{'&' if others else ''}cursor="
    neighbors = (("next", next), ("prev", prev))
    return ", ".join([f'{start}{cursor}>; rel="{name}"' for name, cursor in neighbors if cursor])
