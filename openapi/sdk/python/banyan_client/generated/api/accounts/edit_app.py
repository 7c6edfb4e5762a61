from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.app_card import AppCard
from ...models.edit_app import EditApp
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    app_id: str,
    *,
    body: EditApp,
    if_match: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/apps/{app_id}".format(
            app_id=quote(str(app_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AppCard | Problem:
    if response.status_code == 200:
        response_200 = AppCard.from_dict(response.json())

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
) -> Response[AppCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: str,
    *,
    client: AuthenticatedClient,
    body: EditApp,
    if_match: str,
) -> Response[AppCard | Problem]:
    """Edit an app

     What is left out stays as it is. Tokens that were granted keep the scopes they have. `If-Match`
    names
    the ETag that was seen, and if the app has changed since, nothing is done.

    Args:
        app_id (str):
        if_match (str):
        body (EditApp): What to change of an app; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppCard | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: str,
    *,
    client: AuthenticatedClient,
    body: EditApp,
    if_match: str,
) -> AppCard | Problem | None:
    """Edit an app

     What is left out stays as it is. Tokens that were granted keep the scopes they have. `If-Match`
    names
    the ETag that was seen, and if the app has changed since, nothing is done.

    Args:
        app_id (str):
        if_match (str):
        body (EditApp): What to change of an app; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppCard | Problem
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    app_id: str,
    *,
    client: AuthenticatedClient,
    body: EditApp,
    if_match: str,
) -> Response[AppCard | Problem]:
    """Edit an app

     What is left out stays as it is. Tokens that were granted keep the scopes they have. `If-Match`
    names
    the ETag that was seen, and if the app has changed since, nothing is done.

    Args:
        app_id (str):
        if_match (str):
        body (EditApp): What to change of an app; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppCard | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: str,
    *,
    client: AuthenticatedClient,
    body: EditApp,
    if_match: str,
) -> AppCard | Problem | None:
    """Edit an app

     What is left out stays as it is. Tokens that were granted keep the scopes they have. `If-Match`
    names
    the ETag that was seen, and if the app has changed since, nothing is done.

    Args:
        app_id (str):
        if_match (str):
        body (EditApp): What to change of an app; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppCard | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
