from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.issue_card import IssueCard
from ...models.new_issue import NewIssue
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewIssue,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/newsletter/issues",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> IssueCard | Problem:
    if response.status_code == 201:
        response_201 = IssueCard.from_dict(response.json())

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
) -> Response[IssueCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewIssue,
    idempotency_key: str | Unset = UNSET,
) -> Response[IssueCard | Problem]:
    """Write an issue of the newsletter; it is a draft until it is sent. For operators

     All of it is plain text, which a template shows; posts are shown to whom may see them when it is
    mailed.

    Args:
        idempotency_key (str | Unset):
        body (NewIssue): An issue of the newsletter. All of it is plain text; what looks like HTML
            is shown as it stands.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssueCard | Problem]
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
    body: NewIssue,
    idempotency_key: str | Unset = UNSET,
) -> IssueCard | Problem | None:
    """Write an issue of the newsletter; it is a draft until it is sent. For operators

     All of it is plain text, which a template shows; posts are shown to whom may see them when it is
    mailed.

    Args:
        idempotency_key (str | Unset):
        body (NewIssue): An issue of the newsletter. All of it is plain text; what looks like HTML
            is shown as it stands.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssueCard | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewIssue,
    idempotency_key: str | Unset = UNSET,
) -> Response[IssueCard | Problem]:
    """Write an issue of the newsletter; it is a draft until it is sent. For operators

     All of it is plain text, which a template shows; posts are shown to whom may see them when it is
    mailed.

    Args:
        idempotency_key (str | Unset):
        body (NewIssue): An issue of the newsletter. All of it is plain text; what looks like HTML
            is shown as it stands.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssueCard | Problem]
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
    body: NewIssue,
    idempotency_key: str | Unset = UNSET,
) -> IssueCard | Problem | None:
    """Write an issue of the newsletter; it is a draft until it is sent. For operators

     All of it is plain text, which a template shows; posts are shown to whom may see them when it is
    mailed.

    Args:
        idempotency_key (str | Unset):
        body (NewIssue): An issue of the newsletter. All of it is plain text; what looks like HTML
            is shown as it stands.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssueCard | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
