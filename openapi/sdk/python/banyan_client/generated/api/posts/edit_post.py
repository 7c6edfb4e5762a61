from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.edit_post import EditPost
from ...models.post_view import PostView
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    post_id: str,
    *,
    body: EditPost,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/posts/{post_id}".format(
            post_id=quote(str(post_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PostView | Problem:
    if response.status_code == 200:
        response_200 = PostView.from_dict(response.json())

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
) -> Response[PostView | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    post_id: str,
    *,
    client: AuthenticatedClient,
    body: EditPost,
    if_match: str | Unset = UNSET,
) -> Response[PostView | Problem]:
    """Edit one's own post

     What is left out stays as it is; `custom` and `media_ids` are replaced as a whole. Media that it
    does
    not show any more can be shown elsewhere; if nothing does, they are deleted after a while.
    Everybody's
    next request shows what it says now, and to whom; its place in lists stays. What it said before is
    kept, the newest 50 times.
    With `If-Match` nothing is done if the post has changed since the ETag that it names.

    Args:
        post_id (str):
        if_match (str | Unset):
        body (EditPost): What to change of one's own post; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostView | Problem]
    """

    kwargs = _get_kwargs(
        post_id=post_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    post_id: str,
    *,
    client: AuthenticatedClient,
    body: EditPost,
    if_match: str | Unset = UNSET,
) -> PostView | Problem | None:
    """Edit one's own post

     What is left out stays as it is; `custom` and `media_ids` are replaced as a whole. Media that it
    does
    not show any more can be shown elsewhere; if nothing does, they are deleted after a while.
    Everybody's
    next request shows what it says now, and to whom; its place in lists stays. What it said before is
    kept, the newest 50 times.
    With `If-Match` nothing is done if the post has changed since the ETag that it names.

    Args:
        post_id (str):
        if_match (str | Unset):
        body (EditPost): What to change of one's own post; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostView | Problem
    """

    return sync_detailed(
        post_id=post_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    post_id: str,
    *,
    client: AuthenticatedClient,
    body: EditPost,
    if_match: str | Unset = UNSET,
) -> Response[PostView | Problem]:
    """Edit one's own post

     What is left out stays as it is; `custom` and `media_ids` are replaced as a whole. Media that it
    does
    not show any more can be shown elsewhere; if nothing does, they are deleted after a while.
    Everybody's
    next request shows what it says now, and to whom; its place in lists stays. What it said before is
    kept, the newest 50 times.
    With `If-Match` nothing is done if the post has changed since the ETag that it names.

    Args:
        post_id (str):
        if_match (str | Unset):
        body (EditPost): What to change of one's own post; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostView | Problem]
    """

    kwargs = _get_kwargs(
        post_id=post_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    post_id: str,
    *,
    client: AuthenticatedClient,
    body: EditPost,
    if_match: str | Unset = UNSET,
) -> PostView | Problem | None:
    """Edit one's own post

     What is left out stays as it is; `custom` and `media_ids` are replaced as a whole. Media that it
    does
    not show any more can be shown elsewhere; if nothing does, they are deleted after a while.
    Everybody's
    next request shows what it says now, and to whom; its place in lists stays. What it said before is
    kept, the newest 50 times.
    With `If-Match` nothing is done if the post has changed since the ETag that it names.

    Args:
        post_id (str):
        if_match (str | Unset):
        body (EditPost): What to change of one's own post; what is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostView | Problem
    """

    return (
        await asyncio_detailed(
            post_id=post_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
