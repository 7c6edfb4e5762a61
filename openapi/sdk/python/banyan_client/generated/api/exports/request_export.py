from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.export_card import ExportCard
from ...models.new_export import NewExport
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewExport,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/exports",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ExportCard | Problem:
    if response.status_code == 202:
        response_202 = ExportCard.from_dict(response.json())

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
) -> Response[ExportCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewExport,
    idempotency_key: str | Unset = UNSET,
) -> Response[ExportCard | Problem]:
    """Have all that is the caller's exported, or a report of a year be made

     It takes seconds to minutes; `get_export` and the events `export.progress`, `export.ready` and
    `export.failed` say how far it is. There is one of each kind a day: until then the last one is
    named,
    and `Retry-After` says when the next may be. Whoever asks must have shown within minutes who they
    are.

    Args:
        idempotency_key (str | Unset):
        body (NewExport): What to export.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExportCard | Problem]
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
    body: NewExport,
    idempotency_key: str | Unset = UNSET,
) -> ExportCard | Problem | None:
    """Have all that is the caller's exported, or a report of a year be made

     It takes seconds to minutes; `get_export` and the events `export.progress`, `export.ready` and
    `export.failed` say how far it is. There is one of each kind a day: until then the last one is
    named,
    and `Retry-After` says when the next may be. Whoever asks must have shown within minutes who they
    are.

    Args:
        idempotency_key (str | Unset):
        body (NewExport): What to export.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExportCard | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewExport,
    idempotency_key: str | Unset = UNSET,
) -> Response[ExportCard | Problem]:
    """Have all that is the caller's exported, or a report of a year be made

     It takes seconds to minutes; `get_export` and the events `export.progress`, `export.ready` and
    `export.failed` say how far it is. There is one of each kind a day: until then the last one is
    named,
    and `Retry-After` says when the next may be. Whoever asks must have shown within minutes who they
    are.

    Args:
        idempotency_key (str | Unset):
        body (NewExport): What to export.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExportCard | Problem]
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
    body: NewExport,
    idempotency_key: str | Unset = UNSET,
) -> ExportCard | Problem | None:
    """Have all that is the caller's exported, or a report of a year be made

     It takes seconds to minutes; `get_export` and the events `export.progress`, `export.ready` and
    `export.failed` say how far it is. There is one of each kind a day: until then the last one is
    named,
    and `Retry-After` says when the next may be. Whoever asks must have shown within minutes who they
    are.

    Args:
        idempotency_key (str | Unset):
        body (NewExport): What to export.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExportCard | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
