from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.own_media import OwnMedia
from ...models.problem import Problem
from ...models.upload_status import UploadStatus
from ...types import Response


def _get_kwargs(
    media_id: str,
    *,
    body: UploadStatus,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/media/{media_id}/upload-status".format(
            media_id=quote(str(media_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OwnMedia | Problem:
    if response.status_code == 202:
        response_202 = OwnMedia.from_dict(response.json())

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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[OwnMedia | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    media_id: str,
    *,
    client: AuthenticatedClient,
    body: UploadStatus,
) -> Response[OwnMedia | Problem]:
    """Say that an upload is complete, and have it processed

     It is checked to be there first. Said again, the same is answered. A post can show it from now on;
    when it is `ready`, or `failed`, it says so.

    Args:
        media_id (str):
        body (UploadStatus): That an upload came to its end.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OwnMedia | Problem]
    """

    kwargs = _get_kwargs(
        media_id=media_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    media_id: str,
    *,
    client: AuthenticatedClient,
    body: UploadStatus,
) -> OwnMedia | Problem | None:
    """Say that an upload is complete, and have it processed

     It is checked to be there first. Said again, the same is answered. A post can show it from now on;
    when it is `ready`, or `failed`, it says so.

    Args:
        media_id (str):
        body (UploadStatus): That an upload came to its end.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OwnMedia | Problem
    """

    return sync_detailed(
        media_id=media_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    media_id: str,
    *,
    client: AuthenticatedClient,
    body: UploadStatus,
) -> Response[OwnMedia | Problem]:
    """Say that an upload is complete, and have it processed

     It is checked to be there first. Said again, the same is answered. A post can show it from now on;
    when it is `ready`, or `failed`, it says so.

    Args:
        media_id (str):
        body (UploadStatus): That an upload came to its end.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OwnMedia | Problem]
    """

    kwargs = _get_kwargs(
        media_id=media_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    media_id: str,
    *,
    client: AuthenticatedClient,
    body: UploadStatus,
) -> OwnMedia | Problem | None:
    """Say that an upload is complete, and have it processed

     It is checked to be there first. Said again, the same is answered. A post can show it from now on;
    when it is `ready`, or `failed`, it says so.

    Args:
        media_id (str):
        body (UploadStatus): That an upload came to its end.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OwnMedia | Problem
    """

    return (
        await asyncio_detailed(
            media_id=media_id,
            client=client,
            body=body,
        )
    ).parsed
