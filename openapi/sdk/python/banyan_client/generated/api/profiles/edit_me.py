from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.edit_profile import EditProfile
from ...models.me_view import MeView
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: EditProfile,
    if_match: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/me",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MeView | Problem:
    if response.status_code == 200:
        response_200 = MeView.from_dict(response.json())

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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 428:
        response_428 = Problem.from_dict(response.json())

        return response_428

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
) -> Response[MeView | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: EditProfile,
    if_match: str,
) -> Response[MeView | Problem]:
    """Edit the caller's own profile and settings

     What is left out stays as it is; `custom` is replaced as a whole. Going private is in force at once,
    for old posts too, and followers stay; with going public, `pending` answers the open requests.
    `If-Match` names the ETag that was seen, and if the profile has changed since, nothing is done.

    Args:
        if_match (str):
        body (EditProfile): What to change of one's own profile; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MeView | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: EditProfile,
    if_match: str,
) -> MeView | Problem | None:
    """Edit the caller's own profile and settings

     What is left out stays as it is; `custom` is replaced as a whole. Going private is in force at once,
    for old posts too, and followers stay; with going public, `pending` answers the open requests.
    `If-Match` names the ETag that was seen, and if the profile has changed since, nothing is done.

    Args:
        if_match (str):
        body (EditProfile): What to change of one's own profile; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MeView | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: EditProfile,
    if_match: str,
) -> Response[MeView | Problem]:
    """Edit the caller's own profile and settings

     What is left out stays as it is; `custom` is replaced as a whole. Going private is in force at once,
    for old posts too, and followers stay; with going public, `pending` answers the open requests.
    `If-Match` names the ETag that was seen, and if the profile has changed since, nothing is done.

    Args:
        if_match (str):
        body (EditProfile): What to change of one's own profile; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MeView | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: EditProfile,
    if_match: str,
) -> MeView | Problem | None:
    """Edit the caller's own profile and settings

     What is left out stays as it is; `custom` is replaced as a whole. Going private is in force at once,
    for old posts too, and followers stay; with going public, `pending` answers the open requests.
    `If-Match` names the ETag that was seen, and if the profile has changed since, nothing is done.

    Args:
        if_match (str):
        body (EditProfile): What to change of one's own profile; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MeView | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
