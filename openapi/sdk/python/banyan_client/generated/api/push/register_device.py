from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.device_card import DeviceCard
from ...models.new_device import NewDevice
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    device_id: UUID,
    *,
    body: NewDevice,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/me/devices/{device_id}".format(
            device_id=quote(str(device_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeviceCard | Problem:
    if response.status_code == 200:
        response_200 = DeviceCard.from_dict(response.json())

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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[DeviceCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    device_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewDevice,
) -> Response[DeviceCard | Problem]:
    """Have the caller pushed to a browser or an app, until the session that asks ends

     Whoever registers last is pushed to: of a browser that another has registered they hear nothing
    there
    any more. Repeat it at each start and after each log-in. Of more than 20 devices the one that was
    not
    registered for longest goes.

    Args:
        device_id (UUID):
        body (NewDevice): A browser or an app that the caller wants to be pushed to.

            Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of
            `provider`, the
            `token` that the app got from its push service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceCard | Problem]
    """

    kwargs = _get_kwargs(
        device_id=device_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    device_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewDevice,
) -> DeviceCard | Problem | None:
    """Have the caller pushed to a browser or an app, until the session that asks ends

     Whoever registers last is pushed to: of a browser that another has registered they hear nothing
    there
    any more. Repeat it at each start and after each log-in. Of more than 20 devices the one that was
    not
    registered for longest goes.

    Args:
        device_id (UUID):
        body (NewDevice): A browser or an app that the caller wants to be pushed to.

            Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of
            `provider`, the
            `token` that the app got from its push service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceCard | Problem
    """

    return sync_detailed(
        device_id=device_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    device_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewDevice,
) -> Response[DeviceCard | Problem]:
    """Have the caller pushed to a browser or an app, until the session that asks ends

     Whoever registers last is pushed to: of a browser that another has registered they hear nothing
    there
    any more. Repeat it at each start and after each log-in. Of more than 20 devices the one that was
    not
    registered for longest goes.

    Args:
        device_id (UUID):
        body (NewDevice): A browser or an app that the caller wants to be pushed to.

            Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of
            `provider`, the
            `token` that the app got from its push service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceCard | Problem]
    """

    kwargs = _get_kwargs(
        device_id=device_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    device_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewDevice,
) -> DeviceCard | Problem | None:
    """Have the caller pushed to a browser or an app, until the session that asks ends

     Whoever registers last is pushed to: of a browser that another has registered they hear nothing
    there
    any more. Repeat it at each start and after each log-in. Of more than 20 devices the one that was
    not
    registered for longest goes.

    Args:
        device_id (UUID):
        body (NewDevice): A browser or an app that the caller wants to be pushed to.

            Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of
            `provider`, the
            `token` that the app got from its push service.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceCard | Problem
    """

    return (
        await asyncio_detailed(
            device_id=device_id,
            client=client,
            body=body,
        )
    ).parsed
