from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_sending import NewSending
from ...models.problem import Problem
from ...models.sending_card import SendingCard
from ...types import Response


def _get_kwargs(
    *,
    body: NewSending,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/notifications",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | SendingCard:
    if response.status_code == 202:
        response_202 = SendingCard.from_dict(response.json())

        return response_202

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
) -> Response[Problem | SendingCard]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewSending,
    idempotency_key: str,
) -> Response[Problem | SendingCard]:
    """Notify up to 1,000 users of something of the service's own

     It takes a service key of an operator's app, without Banyan-On-Behalf-Of, and an `Idempotency-Key`:
    a
    repeat sends nothing twice. Who has no account that is open is passed over; the others are told
    within
    seconds. What is shown is the client's to say, by `name` and `data`.

    Args:
        idempotency_key (str):
        body (NewSending): A notification of an app's own, for many.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SendingCard]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewSending,
    idempotency_key: str,
) -> Problem | SendingCard | None:
    """Notify up to 1,000 users of something of the service's own

     It takes a service key of an operator's app, without Banyan-On-Behalf-Of, and an `Idempotency-Key`:
    a
    repeat sends nothing twice. Who has no account that is open is passed over; the others are told
    within
    seconds. What is shown is the client's to say, by `name` and `data`.

    Args:
        idempotency_key (str):
        body (NewSending): A notification of an app's own, for many.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SendingCard
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewSending,
    idempotency_key: str,
) -> Response[Problem | SendingCard]:
    """Notify up to 1,000 users of something of the service's own

     It takes a service key of an operator's app, without Banyan-On-Behalf-Of, and an `Idempotency-Key`:
    a
    repeat sends nothing twice. Who has no account that is open is passed over; the others are told
    within
    seconds. What is shown is the client's to say, by `name` and `data`.

    Args:
        idempotency_key (str):
        body (NewSending): A notification of an app's own, for many.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SendingCard]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewSending,
    idempotency_key: str,
) -> Problem | SendingCard | None:
    """Notify up to 1,000 users of something of the service's own

     It takes a service key of an operator's app, without Banyan-On-Behalf-Of, and an `Idempotency-Key`:
    a
    repeat sends nothing twice. Who has no account that is open is passed over; the others are told
    within
    seconds. What is shown is the client's to say, by `name` and `data`.

    Args:
        idempotency_key (str):
        body (NewSending): A notification of an app's own, for many.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SendingCard
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
