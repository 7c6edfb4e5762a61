from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.edit_list import EditList
from ...models.list_view import ListView
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    list_id: str,
    *,
    body: EditList,
    if_match: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/me/lists/{list_id}".format(
            list_id=quote(str(list_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ListView | Problem:
    if response.status_code == 200:
        response_200 = ListView.from_dict(response.json())

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
) -> Response[ListView | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    list_id: str,
    *,
    client: AuthenticatedClient,
    body: EditList,
    if_match: str,
) -> Response[ListView | Problem]:
    """Rename a list

     `If-Match` names the ETag that was seen, and if the list has changed since, nothing is done.

    Args:
        list_id (str):
        if_match (str):
        body (EditList): What to change of a list; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListView | Problem]
    """

    kwargs = _get_kwargs(
        list_id=list_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    list_id: str,
    *,
    client: AuthenticatedClient,
    body: EditList,
    if_match: str,
) -> ListView | Problem | None:
    """Rename a list

     `If-Match` names the ETag that was seen, and if the list has changed since, nothing is done.

    Args:
        list_id (str):
        if_match (str):
        body (EditList): What to change of a list; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListView | Problem
    """

    return sync_detailed(
        list_id=list_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    list_id: str,
    *,
    client: AuthenticatedClient,
    body: EditList,
    if_match: str,
) -> Response[ListView | Problem]:
    """Rename a list

     `If-Match` names the ETag that was seen, and if the list has changed since, nothing is done.

    Args:
        list_id (str):
        if_match (str):
        body (EditList): What to change of a list; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListView | Problem]
    """

    kwargs = _get_kwargs(
        list_id=list_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    list_id: str,
    *,
    client: AuthenticatedClient,
    body: EditList,
    if_match: str,
) -> ListView | Problem | None:
    """Rename a list

     `If-Match` names the ETag that was seen, and if the list has changed since, nothing is done.

    Args:
        list_id (str):
        if_match (str):
        body (EditList): What to change of a list; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListView | Problem
    """

    return (
        await asyncio_detailed(
            list_id=list_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
