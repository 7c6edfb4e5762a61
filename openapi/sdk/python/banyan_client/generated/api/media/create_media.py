from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.created_media import CreatedMedia
from ...models.new_media import NewMedia
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewMedia,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/media",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreatedMedia | Problem:
    if response.status_code == 201:
        response_201 = CreatedMedia.from_dict(response.json())

        return response_201

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
) -> Response[CreatedMedia | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewMedia,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreatedMedia | Problem]:
    """Announce an image or a video, and get a form by which to upload it

     Send that form, its fields first and the file last, to `upload.url` within 15 minutes; it takes
    exactly that type and at most that many bytes. Then say that it is complete. An image may have 20
    MB,
    a video 500. What no post, draft or profile shows is deleted after a day.

    Args:
        idempotency_key (str | Unset):
        body (NewMedia): A file that is about to be uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatedMedia | Problem]
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
    body: NewMedia,
    idempotency_key: str | Unset = UNSET,
) -> CreatedMedia | Problem | None:
    """Announce an image or a video, and get a form by which to upload it

     Send that form, its fields first and the file last, to `upload.url` within 15 minutes; it takes
    exactly that type and at most that many bytes. Then say that it is complete. An image may have 20
    MB,
    a video 500. What no post, draft or profile shows is deleted after a day.

    Args:
        idempotency_key (str | Unset):
        body (NewMedia): A file that is about to be uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatedMedia | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewMedia,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreatedMedia | Problem]:
    """Announce an image or a video, and get a form by which to upload it

     Send that form, its fields first and the file last, to `upload.url` within 15 minutes; it takes
    exactly that type and at most that many bytes. Then say that it is complete. An image may have 20
    MB,
    a video 500. What no post, draft or profile shows is deleted after a day.

    Args:
        idempotency_key (str | Unset):
        body (NewMedia): A file that is about to be uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatedMedia | Problem]
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
    body: NewMedia,
    idempotency_key: str | Unset = UNSET,
) -> CreatedMedia | Problem | None:
    """Announce an image or a video, and get a form by which to upload it

     Send that form, its fields first and the file last, to `upload.url` within 15 minutes; it takes
    exactly that type and at most that many bytes. Then say that it is complete. An image may have 20
    MB,
    a video 500. What no post, draft or profile shows is deleted after a day.

    Args:
        idempotency_key (str | Unset):
        body (NewMedia): A file that is about to be uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatedMedia | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
