from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.get_home_timeline_explain import GetHomeTimelineExplain
from ...models.get_home_timeline_order import GetHomeTimelineOrder
from ...models.home_page import HomePage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    order: GetHomeTimelineOrder | Unset = UNSET,
    explain: GetHomeTimelineExplain | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order.value

    params["order"] = json_order

    json_explain: str | Unset = UNSET
    if not isinstance(explain, Unset):
        json_explain = explain.value

    params["explain"] = json_explain

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/timelines/home",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> HomePage | Problem:
    if response.status_code == 200:
        response_200 = HomePage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 410:
        response_410 = Problem.from_dict(response.json())

        return response_410

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[HomePage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    order: GetHomeTimelineOrder | Unset = UNSET,
    explain: GetHomeTimelineExplain | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[HomePage | Problem]:
    """Read the posts of everybody the caller follows, and the caller's own, newest first

     `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
    every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
    yet. The first page without a cursor is always the newest.

    With `order=top` its newest 800 posts come best first, in the order that they had when the first
    page
    was read: for ten minutes its cursors walk that order, both ways, and show what may be shown of it.

    Args:
        order (GetHomeTimelineOrder | Unset):
        explain (GetHomeTimelineExplain | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HomePage | Problem]
    """

    kwargs = _get_kwargs(
        order=order,
        explain=explain,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    order: GetHomeTimelineOrder | Unset = UNSET,
    explain: GetHomeTimelineExplain | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> HomePage | Problem | None:
    """Read the posts of everybody the caller follows, and the caller's own, newest first

     `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
    every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
    yet. The first page without a cursor is always the newest.

    With `order=top` its newest 800 posts come best first, in the order that they had when the first
    page
    was read: for ten minutes its cursors walk that order, both ways, and show what may be shown of it.

    Args:
        order (GetHomeTimelineOrder | Unset):
        explain (GetHomeTimelineExplain | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HomePage | Problem
    """

    return sync_detailed(
        client=client,
        order=order,
        explain=explain,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    order: GetHomeTimelineOrder | Unset = UNSET,
    explain: GetHomeTimelineExplain | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[HomePage | Problem]:
    """Read the posts of everybody the caller follows, and the caller's own, newest first

     `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
    every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
    yet. The first page without a cursor is always the newest.

    With `order=top` its newest 800 posts come best first, in the order that they had when the first
    page
    was read: for ten minutes its cursors walk that order, both ways, and show what may be shown of it.

    Args:
        order (GetHomeTimelineOrder | Unset):
        explain (GetHomeTimelineExplain | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[HomePage | Problem]
    """

    kwargs = _get_kwargs(
        order=order,
        explain=explain,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    order: GetHomeTimelineOrder | Unset = UNSET,
    explain: GetHomeTimelineExplain | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> HomePage | Problem | None:
    """Read the posts of everybody the caller follows, and the caller's own, newest first

     `next` leads to the first post ever written. `prev` is the neighboring newer page: walking it meets
    every post once, up to the newest: where `prev` is the cursor that was sent, nothing newer is there
    yet. The first page without a cursor is always the newest.

    With `order=top` its newest 800 posts come best first, in the order that they had when the first
    page
    was read: for ten minutes its cursors walk that order, both ways, and show what may be shown of it.

    Args:
        order (GetHomeTimelineOrder | Unset):
        explain (GetHomeTimelineExplain | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        HomePage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            order=order,
            explain=explain,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
