from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.deletion import Deletion
from ...models.problem import Problem
from ...types import UNSET, Response


def _get_kwargs(
    *,
    confirm: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["confirm"] = confirm

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/me",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Deletion | Problem:
    if response.status_code == 200:
        response_200 = Deletion.from_dict(response.json())

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
) -> Response[Deletion | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    confirm: str,
) -> Response[Deletion | Problem]:
    """Close the caller's own account, for good in 30 days

     All its sessions end at once, and within moments nobody sees anything of it. Logging in before
    `delete_after` takes it back; then it is erased. `GET /v1/me/deletion` says what became of it, to
    whoever has the `receipt`.

    Args:
        confirm (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Deletion | Problem]
    """

    kwargs = _get_kwargs(
        confirm=confirm,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    confirm: str,
) -> Deletion | Problem | None:
    """Close the caller's own account, for good in 30 days

     All its sessions end at once, and within moments nobody sees anything of it. Logging in before
    `delete_after` takes it back; then it is erased. `GET /v1/me/deletion` says what became of it, to
    whoever has the `receipt`.

    Args:
        confirm (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Deletion | Problem
    """

    return sync_detailed(
        client=client,
        confirm=confirm,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    confirm: str,
) -> Response[Deletion | Problem]:
    """Close the caller's own account, for good in 30 days

     All its sessions end at once, and within moments nobody sees anything of it. Logging in before
    `delete_after` takes it back; then it is erased. `GET /v1/me/deletion` says what became of it, to
    whoever has the `receipt`.

    Args:
        confirm (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Deletion | Problem]
    """

    kwargs = _get_kwargs(
        confirm=confirm,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    confirm: str,
) -> Deletion | Problem | None:
    """Close the caller's own account, for good in 30 days

     All its sessions end at once, and within moments nobody sees anything of it. Logging in before
    `delete_after` takes it back; then it is erased. `GET /v1/me/deletion` says what became of it, to
    whoever has the `receipt`.

    Args:
        confirm (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Deletion | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            confirm=confirm,
        )
    ).parsed
