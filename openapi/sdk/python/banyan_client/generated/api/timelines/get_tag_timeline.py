from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.post_page import PostPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    tag: str,
    *,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/timelines/tags/{tag}".format(
            tag=quote(str(tag), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PostPage | Problem:
    if response.status_code == 200:
        response_200 = PostPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

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
) -> Response[PostPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    tag: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[PostPage | Problem]:
    """Read the public posts that have a tag, newest first: the newest 10,000 at least

     However the tag is written, its canonical form is meant. One that nobody has used has an empty
    timeline; what no text could have as a tag is refused. Replies are among the posts; those of people
    whom the caller mutes are left out.

    Args:
        tag (str):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostPage | Problem]
    """

    kwargs = _get_kwargs(
        tag=tag,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    tag: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> PostPage | Problem | None:
    """Read the public posts that have a tag, newest first: the newest 10,000 at least

     However the tag is written, its canonical form is meant. One that nobody has used has an empty
    timeline; what no text could have as a tag is refused. Replies are among the posts; those of people
    whom the caller mutes are left out.

    Args:
        tag (str):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostPage | Problem
    """

    return sync_detailed(
        tag=tag,
        client=client,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    tag: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[PostPage | Problem]:
    """Read the public posts that have a tag, newest first: the newest 10,000 at least

     However the tag is written, its canonical form is meant. One that nobody has used has an empty
    timeline; what no text could have as a tag is refused. Replies are among the posts; those of people
    whom the caller mutes are left out.

    Args:
        tag (str):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostPage | Problem]
    """

    kwargs = _get_kwargs(
        tag=tag,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    tag: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> PostPage | Problem | None:
    """Read the public posts that have a tag, newest first: the newest 10,000 at least

     However the tag is written, its canonical form is meant. One that nobody has used has an empty
    timeline; what no text could have as a tag is refused. Replies are among the posts; those of people
    whom the caller mutes are left out.

    Args:
        tag (str):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostPage | Problem
    """

    return (
        await asyncio_detailed(
            tag=tag,
            client=client,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
