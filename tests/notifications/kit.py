"""What people are told, as they read it."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.kit.people import Person

ALL = "/v1/me/notifications"


class Told(NamedTuple):
    """One notification: its type, the post it is about, who did it, newest first, and how many."""

    type: str
    post_id: int | None
    actors: list[int]
    number: int


def cards(person: Person, query: str = "") -> list[dict[str, Any]]:
    """Return a page of somebody's notifications."""
    answer = person.call("GET", ALL + query)
    assert answer.status == 200, answer
    return list(answer.body["data"])


def told(person: Person, query: str = "") -> list[Told]:
    """Return what somebody is told of, newest first."""
    return [
        Told(
            card["type"],
            int(card["post_id"]) if card["post_id"] else None,
            [int(each["user_id"]) for each in card["actors"]],
            card["actor_count"],
        )
        for card in cards(person, query)
    ]


def counts(person: Person) -> tuple[int, int]:
    """Return how many somebody has not seen, and not read."""
    body = person.call("GET", f"{ALL}/counts").body
    return body["unseen"], body["unread"]
