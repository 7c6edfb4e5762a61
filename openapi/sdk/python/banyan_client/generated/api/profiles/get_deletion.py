from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.deletion_view import DeletionView
from ...models.problem import Problem
from ...types import UNSET, Response


def _get_kwargs(
    *,
    receipt: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["receipt"] = receipt

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/me/deletion",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeletionView | Problem:
    if response.status_code == 200:
        response_200 = DeletionView.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[DeletionView | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    receipt: str,
) -> Response[DeletionView | Problem]:
    """Say what becomes of an account that its user closed, and in the end what went, by place and table

     Nobody is logged in then: to log in takes the deletion back. So the receipt is all that is asked
    for.

    Args:
        receipt (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeletionView | Problem]
    """

    kwargs = _get_kwargs(
        receipt=receipt,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    receipt: str,
) -> DeletionView | Problem | None:
    """Say what becomes of an account that its user closed, and in the end what went, by place and table

     Nobody is logged in then: to log in takes the deletion back. So the receipt is all that is asked
    for.

    Args:
        receipt (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeletionView | Problem
    """

    return sync_detailed(
        client=client,
        receipt=receipt,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    receipt: str,
) -> Response[DeletionView | Problem]:
    """Say what becomes of an account that its user closed, and in the end what went, by place and table

     Nobody is logged in then: to log in takes the deletion back. So the receipt is all that is asked
    for.

    Args:
        receipt (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeletionView | Problem]
    """

    kwargs = _get_kwargs(
        receipt=receipt,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    receipt: str,
) -> DeletionView | Problem | None:
    """Say what becomes of an account that its user closed, and in the end what went, by place and table

     Nobody is logged in then: to log in takes the deletion back. So the receipt is all that is asked
    for.

    Args:
        receipt (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeletionView | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            receipt=receipt,
        )
    ).parsed
