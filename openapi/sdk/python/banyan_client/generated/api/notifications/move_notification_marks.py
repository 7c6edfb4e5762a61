from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_marks import NewMarks
from ...models.notification_counts import NotificationCounts
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: NewMarks,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/me/notifications/marks",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> NotificationCounts | Problem:
    if response.status_code == 200:
        response_200 = NotificationCounts.from_dict(response.json())

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
) -> Response[NotificationCounts | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewMarks,
) -> Response[NotificationCounts | Problem]:
    """Say up to which notification the caller has seen, or read, all there is

     Send the `last_id` of the newest that was on the screen: what came in meanwhile stays unseen. Marks
    move on and never back.

    Args:
        body (NewMarks): How far the caller has seen or read; what is left out stays, and nothing
            moves back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotificationCounts | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewMarks,
) -> NotificationCounts | Problem | None:
    """Say up to which notification the caller has seen, or read, all there is

     Send the `last_id` of the newest that was on the screen: what came in meanwhile stays unseen. Marks
    move on and never back.

    Args:
        body (NewMarks): How far the caller has seen or read; what is left out stays, and nothing
            moves back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotificationCounts | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewMarks,
) -> Response[NotificationCounts | Problem]:
    """Say up to which notification the caller has seen, or read, all there is

     Send the `last_id` of the newest that was on the screen: what came in meanwhile stays unseen. Marks
    move on and never back.

    Args:
        body (NewMarks): How far the caller has seen or read; what is left out stays, and nothing
            moves back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotificationCounts | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewMarks,
) -> NotificationCounts | Problem | None:
    """Say up to which notification the caller has seen, or read, all there is

     Send the `last_id` of the newest that was on the screen: what came in meanwhile stays unseen. Marks
    move on and never back.

    Args:
        body (NewMarks): How far the caller has seen or read; what is left out stays, and nothing
            moves back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotificationCounts | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
