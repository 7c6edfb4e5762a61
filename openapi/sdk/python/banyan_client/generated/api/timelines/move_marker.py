from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.marker_card import MarkerCard
from ...models.new_marker import NewMarker
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    timeline: str,
    *,
    body: NewMarker,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/me/markers/{timeline}".format(
            timeline=quote(str(timeline), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MarkerCard | Problem:
    if response.status_code == 200:
        response_200 = MarkerCard.from_dict(response.json())

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

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

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
) -> Response[MarkerCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    timeline: str,
    *,
    client: AuthenticatedClient,
    body: NewMarker,
) -> Response[MarkerCard | Problem]:
    """Say how far the caller has read a timeline

     Timelines are called `home`, `notifications`, `list:` and the list's id, or whatever apps agree on.
    A
    marker moves on and never back: an older value changes nothing, and the answer is the marker that
    stands.

    Args:
        timeline (str):
        body (NewMarker): How far the caller has read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MarkerCard | Problem]
    """

    kwargs = _get_kwargs(
        timeline=timeline,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    timeline: str,
    *,
    client: AuthenticatedClient,
    body: NewMarker,
) -> MarkerCard | Problem | None:
    """Say how far the caller has read a timeline

     Timelines are called `home`, `notifications`, `list:` and the list's id, or whatever apps agree on.
    A
    marker moves on and never back: an older value changes nothing, and the answer is the marker that
    stands.

    Args:
        timeline (str):
        body (NewMarker): How far the caller has read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MarkerCard | Problem
    """

    return sync_detailed(
        timeline=timeline,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    timeline: str,
    *,
    client: AuthenticatedClient,
    body: NewMarker,
) -> Response[MarkerCard | Problem]:
    """Say how far the caller has read a timeline

     Timelines are called `home`, `notifications`, `list:` and the list's id, or whatever apps agree on.
    A
    marker moves on and never back: an older value changes nothing, and the answer is the marker that
    stands.

    Args:
        timeline (str):
        body (NewMarker): How far the caller has read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MarkerCard | Problem]
    """

    kwargs = _get_kwargs(
        timeline=timeline,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    timeline: str,
    *,
    client: AuthenticatedClient,
    body: NewMarker,
) -> MarkerCard | Problem | None:
    """Say how far the caller has read a timeline

     Timelines are called `home`, `notifications`, `list:` and the list's id, or whatever apps agree on.
    A
    marker moves on and never back: an older value changes nothing, and the answer is the marker that
    stands.

    Args:
        timeline (str):
        body (NewMarker): How far the caller has read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MarkerCard | Problem
    """

    return (
        await asyncio_detailed(
            timeline=timeline,
            client=client,
            body=body,
        )
    ).parsed
