from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.draft_card import DraftCard
from ...models.new_draft import NewDraft
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewDraft,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/me/drafts",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DraftCard | Problem:
    if response.status_code == 201:
        response_201 = DraftCard.from_dict(response.json())

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
) -> Response[DraftCard | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewDraft,
    idempotency_key: str | Unset = UNSET,
) -> Response[DraftCard | Problem]:
    """Keep a draft, for oneself or for a time to come

     Nobody else sees it. With `publish_at`, at least a minute and at most 365 days ahead, it is
    published
    within a minute from then, as it was checked here; its post gets its id and its place in lists then.
    While its author's account is closed it waits. There can be a hundred.

    What `reply_to` and `quote_of` name is checked here as in publishing, and again at its time. What
    may
    not be published then stays a draft, without a time, and says why in `refused`; so does what was to
    show media alone of which none is left.

    Args:
        idempotency_key (str | Unset):
        body (NewDraft): A post to keep for later.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DraftCard | Problem]
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
    body: NewDraft,
    idempotency_key: str | Unset = UNSET,
) -> DraftCard | Problem | None:
    """Keep a draft, for oneself or for a time to come

     Nobody else sees it. With `publish_at`, at least a minute and at most 365 days ahead, it is
    published
    within a minute from then, as it was checked here; its post gets its id and its place in lists then.
    While its author's account is closed it waits. There can be a hundred.

    What `reply_to` and `quote_of` name is checked here as in publishing, and again at its time. What
    may
    not be published then stays a draft, without a time, and says why in `refused`; so does what was to
    show media alone of which none is left.

    Args:
        idempotency_key (str | Unset):
        body (NewDraft): A post to keep for later.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DraftCard | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewDraft,
    idempotency_key: str | Unset = UNSET,
) -> Response[DraftCard | Problem]:
    """Keep a draft, for oneself or for a time to come

     Nobody else sees it. With `publish_at`, at least a minute and at most 365 days ahead, it is
    published
    within a minute from then, as it was checked here; its post gets its id and its place in lists then.
    While its author's account is closed it waits. There can be a hundred.

    What `reply_to` and `quote_of` name is checked here as in publishing, and again at its time. What
    may
    not be published then stays a draft, without a time, and says why in `refused`; so does what was to
    show media alone of which none is left.

    Args:
        idempotency_key (str | Unset):
        body (NewDraft): A post to keep for later.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DraftCard | Problem]
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
    body: NewDraft,
    idempotency_key: str | Unset = UNSET,
) -> DraftCard | Problem | None:
    """Keep a draft, for oneself or for a time to come

     Nobody else sees it. With `publish_at`, at least a minute and at most 365 days ahead, it is
    published
    within a minute from then, as it was checked here; its post gets its id and its place in lists then.
    While its author's account is closed it waits. There can be a hundred.

    What `reply_to` and `quote_of` name is checked here as in publishing, and again at its time. What
    may
    not be published then stays a draft, without a time, and says why in `refused`; so does what was to
    show media alone of which none is left.

    Args:
        idempotency_key (str | Unset):
        body (NewDraft): A post to keep for later.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DraftCard | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
