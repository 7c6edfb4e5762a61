from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.update_page import UpdatePage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    since: int | Unset = UNSET,
    wait: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["since"] = since

    params["wait"] = wait

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/me/updates",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | UpdatePage:
    if response.status_code == 200:
        response_200 = UpdatePage.from_dict(response.json())

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
) -> Response[Problem | UpdatePage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    since: int | Unset = UNSET,
    wait: int | Unset = 0,
) -> Response[Problem | UpdatePage]:
    """Tell what has happened since, oldest first, once each

     It is what a socket tells on its topic `me`, of the newest 500 events of a day. `seq` is the `since`
    of the next request. With `resync` something may be missing: read anew what you show. A request
    waits for something new only where sockets are served, and never longer than it asks.

    Args:
        since (int | Unset):
        wait (int | Unset):  Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UpdatePage]
    """

    kwargs = _get_kwargs(
        since=since,
        wait=wait,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    since: int | Unset = UNSET,
    wait: int | Unset = 0,
) -> Problem | UpdatePage | None:
    """Tell what has happened since, oldest first, once each

     It is what a socket tells on its topic `me`, of the newest 500 events of a day. `seq` is the `since`
    of the next request. With `resync` something may be missing: read anew what you show. A request
    waits for something new only where sockets are served, and never longer than it asks.

    Args:
        since (int | Unset):
        wait (int | Unset):  Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UpdatePage
    """

    return sync_detailed(
        client=client,
        since=since,
        wait=wait,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    since: int | Unset = UNSET,
    wait: int | Unset = 0,
) -> Response[Problem | UpdatePage]:
    """Tell what has happened since, oldest first, once each

     It is what a socket tells on its topic `me`, of the newest 500 events of a day. `seq` is the `since`
    of the next request. With `resync` something may be missing: read anew what you show. A request
    waits for something new only where sockets are served, and never longer than it asks.

    Args:
        since (int | Unset):
        wait (int | Unset):  Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UpdatePage]
    """

    kwargs = _get_kwargs(
        since=since,
        wait=wait,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    since: int | Unset = UNSET,
    wait: int | Unset = 0,
) -> Problem | UpdatePage | None:
    """Tell what has happened since, oldest first, once each

     It is what a socket tells on its topic `me`, of the newest 500 events of a day. `seq` is the `since`
    of the next request. With `resync` something may be missing: read anew what you show. A request
    waits for something new only where sockets are served, and never longer than it asks.

    Args:
        since (int | Unset):
        wait (int | Unset):  Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UpdatePage
    """

    return (
        await asyncio_detailed(
            client=client,
            since=since,
            wait=wait,
        )
    ).parsed
