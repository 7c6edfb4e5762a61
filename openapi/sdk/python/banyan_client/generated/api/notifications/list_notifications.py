from http import HTTPStatus
from typing import Any, Literal

import httpx

from ...client import AuthenticatedClient, Client
from ...models.list_notifications_type import ListNotificationsType
from ...models.notification_page import NotificationPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    type_: ListNotificationsType | Unset = UNSET,
    state: Literal["unread"] | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_type_: str | Unset = UNSET
    if not isinstance(type_, Unset):
        json_type_ = type_.value

    params["type"] = json_type_

    params["state"] = state

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/me/notifications",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> NotificationPage | Problem:
    if response.status_code == 200:
        response_200 = NotificationPage.from_dict(response.json())

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
) -> Response[NotificationPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    type_: ListNotificationsType | Unset = UNSET,
    state: Literal["unread"] | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[NotificationPage | Problem]:
    """List the caller's notifications, those with the newest news first

     One tells of all who did the same to the same: it takes in more until it is read or a week old, and
    moves to the top with each that is new. What was undone is withdrawn, and whoever does it again is
    no
    news. Of whom the caller has blocked, or muted with their notifications, nothing is shown, nor of
    posts that are gone or not for them. Notifications are kept for 90 days after their last news.

    Args:
        type_ (ListNotificationsType | Unset):
        state (Literal['unread'] | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotificationPage | Problem]
    """

    kwargs = _get_kwargs(
        type_=type_,
        state=state,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    type_: ListNotificationsType | Unset = UNSET,
    state: Literal["unread"] | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> NotificationPage | Problem | None:
    """List the caller's notifications, those with the newest news first

     One tells of all who did the same to the same: it takes in more until it is read or a week old, and
    moves to the top with each that is new. What was undone is withdrawn, and whoever does it again is
    no
    news. Of whom the caller has blocked, or muted with their notifications, nothing is shown, nor of
    posts that are gone or not for them. Notifications are kept for 90 days after their last news.

    Args:
        type_ (ListNotificationsType | Unset):
        state (Literal['unread'] | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotificationPage | Problem
    """

    return sync_detailed(
        client=client,
        type_=type_,
        state=state,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    type_: ListNotificationsType | Unset = UNSET,
    state: Literal["unread"] | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> Response[NotificationPage | Problem]:
    """List the caller's notifications, those with the newest news first

     One tells of all who did the same to the same: it takes in more until it is read or a week old, and
    moves to the top with each that is new. What was undone is withdrawn, and whoever does it again is
    no
    news. Of whom the caller has blocked, or muted with their notifications, nothing is shown, nor of
    posts that are gone or not for them. Notifications are kept for 90 days after their last news.

    Args:
        type_ (ListNotificationsType | Unset):
        state (Literal['unread'] | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NotificationPage | Problem]
    """

    kwargs = _get_kwargs(
        type_=type_,
        state=state,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    type_: ListNotificationsType | Unset = UNSET,
    state: Literal["unread"] | Unset = UNSET,
    limit: int | Unset = 20,
    cursor: str | Unset = UNSET,
) -> NotificationPage | Problem | None:
    """List the caller's notifications, those with the newest news first

     One tells of all who did the same to the same: it takes in more until it is read or a week old, and
    moves to the top with each that is new. What was undone is withdrawn, and whoever does it again is
    no
    news. Of whom the caller has blocked, or muted with their notifications, nothing is shown, nor of
    posts that are gone or not for them. Notifications are kept for 90 days after their last news.

    Args:
        type_ (ListNotificationsType | Unset):
        state (Literal['unread'] | Unset):
        limit (int | Unset):  Default: 20.
        cursor (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NotificationPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            type_=type_,
            state=state,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
