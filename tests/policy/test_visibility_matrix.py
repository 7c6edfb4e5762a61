"""
Each event of product.md's table, each operation that could show what it hides, and both sides.

The author lives on `b`; who follows them lives on `a`, and so does a stranger who knows them by others only.
All of it was read before, so that every cache holds it as it was. An operation of the contract that shows
posts or people and has no place here fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from modules.accounts.public import restore_account, suspend_account
from modules.kernel import clock
from modules.search.services.people import store_person
from modules.timelines.selectors.rankings import forget_rankings
from modules.timelines.services.rankings import rank_popular_posts
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.people import NOON, Person, sign_up
from tests.kit.requests import showing

pytestmark = pytest.mark.django_db

# What the author said: `first` others passed on, `second` nobody did, `reply` stands under another's post,
# `former` is what `first` said before; and their name, on every card of theirs.
FIRST, SECOND, REPLY, FORMER, NAME = "first #word", "second #word", "reply #word", "former", "author"
WORDS = {FIRST, SECOND, REPLY, FORMER, NAME}

HOME, TAG, EXPLORE = "/v1/timelines/home", "/v1/timelines/tags/word", "/v1/timelines/explore"
TOP = f"{HOME}?order=top"
NOTIFICATIONS, ACTORS = (
    "/v1/me/notifications?type=follow_request",
    "/v1/me/notifications/{notification}/actors",
)

# By operation: where one who looks would find the author, and what of them.
PLACES: dict[str, list[tuple[str, set[str]]]] = {
    "list_users_by_ids": [("/v1/users?ids={author}", {NAME})],
    "get_user": [("/v1/users/{author}", {NAME})],
    "get_user_by_username": [("/v1/users/by/username/author", {NAME})],
    "list_relationships": [("/v1/me/relationships?ids={author}", {NAME})],
    "list_followers": [("/v1/users/{third}/followers", {NAME})],
    "list_following": [("/v1/users/{third}/following", {NAME})],
    "list_user_posts": [
        ("/v1/users/{author}/posts?include=replies,reposts", {FIRST, SECOND, REPLY, NAME}),
        ("/v1/users/{third}/posts?include=replies,reposts", {FIRST, NAME}),
    ],
    "get_post": [
        ("/v1/posts/{first}", {FIRST, NAME}),
        ("/v1/posts/{repost}", {FIRST, NAME}),
        ("/v1/posts/{quote}", {FIRST, NAME}),
    ],
    "list_posts_by_ids": [
        ("/v1/posts?ids={first},{second},{reply},{repost},{quote}", {FIRST, SECOND, REPLY, NAME})
    ],
    "list_post_revisions": [("/v1/posts/{first}/revisions", {FORMER})],
    "list_replies": [
        ("/v1/posts/{root}/replies", {REPLY, NAME}),
        ("/v1/posts/{root}/replies?depth=all", {REPLY, NAME}),
    ],
    "list_ancestors": [("/v1/posts/{beneath}/ancestors", {REPLY, NAME})],
    "list_reposters": [("/v1/posts/{root}/reposts", {NAME})],
    "list_reactions": [("/v1/posts/{root}/reactions", {NAME})],
    "get_home_timeline": [(path, {FIRST, SECOND, REPLY, NAME}) for path in (HOME, TOP)],
    "list_pins": [("/v1/users/{author}/pins", {FIRST, NAME})],
    "get_tag_timeline": [(TAG, {FIRST, SECOND, REPLY, NAME})],
    "get_explore_timeline": [(EXPLORE, {FIRST, SECOND, NAME})],
    # Who is looked for by name is found, muted or not.
    "search_posts": [("/v1/search/posts?q=word", {FIRST, SECOND, REPLY, NAME})],
    "search_users": [("/v1/search/users?q=author", {NAME})],
    "get_list_timeline": [("/v1/timelines/lists/{list}", {FIRST, SECOND, REPLY, NAME})],
    "list_list_members": [("/v1/me/lists/{list}/members", {NAME})],
    "list_bookmarks": [("/v1/me/bookmarks", {FIRST, SECOND, NAME})],
    "list_follow_requests": [("/v1/me/follow-requests", {NAME})],
    # That they asked to follow: none of what they said is told of.
    "list_notifications": [(NOTIFICATIONS, {NAME})],
    "list_notification_actors": [(ACTORS, {NAME})],
    "list_blocks": [("/v1/me/blocks", set())],
    "list_mutes": [("/v1/me/mutes", set())],
}
# Shows the caller alone.
OWN = {"get_me"}

Shown = dict[str, set[str]]


class Town:
    """The author, who follows them, who does not, and somebody whom all follow."""

    def __init__(self) -> None:
        self.author, self.third = sign_up("author", shard=4095), sign_up("third", shard=4000)
        self.viewers = {"follower": sign_up("follower", shard=0), "stranger": sign_up("stranger", shard=1)}
        for one in (*self.viewers.values(), self.author):
            one.call("PUT", f"/v1/me/following/{self.third.id}")
        for one in (self.third, self.viewers["follower"]):
            one.call("PUT", f"/v1/me/following/{self.author.id}")
        for viewer in self.viewers.values():
            viewer.call("PATCH", "/v1/me", {"is_private": True}, If_Match="*")
            self.author.call("PUT", f"/v1/me/following/{viewer.id}")
        drain()
        self.ids: dict[str, Any] = {"author": self.author.id, "third": self.third.id}
        self.ids["root"] = self._publish(self.third, "root")
        for name, words in (("first", FORMER), ("second", SECOND)):
            self.ids[name] = self._publish(self.author, words)
        self.ids["reply"] = self._publish(self.author, REPLY, reply_to=self.ids["root"])
        self.ids["beneath"] = self._publish(self.third, "beneath", reply_to=self.ids["reply"])
        self.author.call("PATCH", f"/v1/posts/{self.ids['first']}", {"text": FIRST})
        self.ids["quote"] = self._publish(self.third, "quote", quote_of=self.ids["first"])
        self.ids["repost"] = self.third.call("PUT", f"/v1/posts/{self.ids['first']}/repost").body["id"]
        self.author.call("PUT", f"/v1/posts/{self.ids['root']}/repost")
        self.author.call("PUT", f"/v1/posts/{self.ids['root']}/reactions/like")
        self.author.call("PUT", f"/v1/me/pins/{self.ids['first']}")
        for name in ("first", "second"):
            self.third.call("PUT", f"/v1/posts/{self.ids[name]}/reactions/like")
        self.lists = {name: self._keep(viewer) for name, viewer in self.viewers.items()}
        drain()
        store_person(self.author.id, once=None)
        until_replicated()
        asked = {
            name: viewer.call("GET", NOTIFICATIONS).body["data"] for name, viewer in self.viewers.items()
        }
        self.notifications = {name: cards[0]["id"] for name, cards in asked.items()}
        rank_popular_posts(now=clock.now())
        forget_rankings()

    def _publish(self, author: Person, text: str, **links: object) -> str:
        answer = author.call(
            "POST", "/v1/posts", {"text": text, **{name: str(id) for name, id in links.items()}}
        )
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def _keep(self, viewer: Person) -> str:
        list_id = str(viewer.call("POST", "/v1/me/lists", {"name": "Friends"}).body["id"])
        viewer.call("PUT", f"/v1/me/lists/{list_id}/members/{self.author.id}")
        for name in ("first", "second"):
            viewer.call("PUT", f"/v1/me/bookmarks/{self.ids[name]}")
        return list_id

    def send(self, person: Person, method: str, path: str, body: Any = None) -> None:
        """Send a request that is done."""
        headers = {"If_Match": "*"} if path == "/v1/me" else {}
        path = path.format(**self.ids, follower=self.viewers["follower"].id)
        answer = person.call(method, path, body, **headers)
        assert answer.status < 300, answer

    def shown(self, name: str) -> Shown:
        """Return what of the author each place shows somebody."""
        return {path: self._look(name, path) for place in PLACES.values() for path, _ in place}

    def _look(self, name: str, path: str) -> set[str]:
        own = {"list": self.lists[name], "notification": self.notifications[name]}
        body = call("GET", path.format(**self.ids, **own), as_=self.viewers[name]).body
        if path.startswith("/v1/me/relationships"):
            return {NAME} if body["data"] else set()
        return WORDS & set(unfold(body))


def unfold(value: Any) -> Iterator[str]:
    """Yield every text that an answer holds."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from unfold(part)


def everything(name: str) -> Shown:
    """Return what is shown before anything happens."""
    shown = {path: set(words) for place in PLACES.values() for path, words in place}
    if name == "stranger":  # to whose home others bring what they pass on
        shown |= {HOME: {FIRST, NAME}, TOP: {FIRST, NAME}}
    return shown


def without(shown: Shown, *words: str) -> Shown:
    """Return what is left without what the author said, and without them where nothing else is by them."""
    left = {path: found - set(words) for path, found in shown.items()}
    said = {FIRST, SECOND, REPLY}
    return {
        path: found - {NAME} if shown[path] & said and not found & said else found
        for path, found in left.items()
    }


class Event(NamedTuple):
    """What somebody does; what is left after it, by who looks; and whom it concerns before the relay."""

    happen: Callable[[Town], object]
    left: dict[str, Callable[[Shown], Shown]]
    at_once: tuple[str, ...]


BOTH = ("follower", "stranger")


def nothing(shown: Shown) -> Shown:
    return {path: set() for path in shown}


def of_a_blocker(shown: Shown) -> Shown:
    """A card to unblock them by, and how one stands with them."""
    opened = (
        "/v1/users/{author}",
        "/v1/users/by/username/author",
        "/v1/me/relationships?ids={author}",
        "/v1/me/blocks",
    )
    return {path: {NAME} if path in opened else set() for path in shown}


def of_home(*words: str) -> Callable[[Shown], Shown]:
    def left(shown: Shown) -> Shown:
        found = without({path: shown[path] for path in (HOME, TOP)}, *words)
        return shown | found

    return left


def of_tag(*words: str) -> Callable[[Shown], Shown]:
    return lambda shown: shown | without({TAG: shown[TAG]}, *words)


def of_all(*words: str) -> Callable[[Shown], Shown]:
    return lambda shown: without(shown, *words)


def muted(shown: Shown) -> Shown:
    news = {path: shown[path] for path in (HOME, TOP, TAG, EXPLORE)}
    told: Shown = {NOTIFICATIONS: set(), ACTORS: set()}
    return shown | without(news, FIRST, SECOND, REPLY) | {"/v1/me/mutes": {NAME}} | told


def edited(shown: Shown) -> Shown:
    """What it said is among what it said before, and nowhere else."""
    return of_said(shown) | {"/v1/posts/{first}/revisions": {FORMER, FIRST}}


def of_said(shown: Shown) -> Shown:
    return {path: found - {FIRST} for path, found in shown.items()}


def come_back(town: Town) -> None:
    suspend_account(town.author.id, now=NOON)
    drain()
    restore_account(town.author.id)


def by_follower(method: str, path: str) -> Callable[[Town], object]:
    return lambda town: town.send(town.viewers["follower"], method, path)


def by_author(method: str, path: str, body: Any = None) -> Callable[[Town], object]:
    return lambda town: town.send(town.author, method, path, body)


EVENTS = {
    "unfollow": Event(
        by_follower("DELETE", "/v1/me/following/{author}"),
        {"follower": of_home(SECOND, REPLY)},
        ("follower",),
    ),
    "mute": Event(by_follower("PUT", "/v1/me/mutes/{author}"), {"follower": muted}, ("follower",)),
    "block": Event(by_follower("PUT", "/v1/me/blocks/{author}"), {"follower": of_a_blocker}, ("follower",)),
    "be blocked": Event(by_author("PUT", "/v1/me/blocks/{follower}"), {"follower": nothing}, ()),
    "be removed": Event(
        by_author("DELETE", "/v1/me/followers/{follower}"), {"follower": of_home(SECOND, REPLY)}, ()
    ),
    "delete": Event(
        by_author("DELETE", "/v1/posts/{first}"), {name: of_all(FIRST, FORMER) for name in BOTH}, BOTH
    ),
    "edit": Event(
        by_author("PATCH", "/v1/posts/{first}", {"text": "other"}), dict.fromkeys(BOTH, edited), BOTH
    ),
    "narrow to followers": Event(
        by_author("PATCH", "/v1/posts/{first}", {"audience": "followers"}),
        # Followers may see it still; a tag's list knows what everybody may, once it has heard.
        {"stranger": of_all(FIRST, FORMER), "follower": of_tag(FIRST)},
        ("stranger",),
    ),
    "narrow to mentioned": Event(
        by_author("PATCH", "/v1/posts/{first}", {"audience": "mentioned"}),
        {name: of_all(FIRST, FORMER) for name in BOTH},
        BOTH,
    ),
    "go private": Event(
        by_author("PATCH", "/v1/me", {"is_private": True}),
        {"stranger": of_all(FIRST, SECOND, REPLY, FORMER)},
        BOTH,
    ),
    "close": Event(by_author("DELETE", "/v1/me?confirm=author"), dict.fromkeys(BOTH, nothing), ()),
    "be suspended": Event(
        lambda town: suspend_account(town.author.id, now=NOON), dict.fromkeys(BOTH, nothing), ()
    ),
    "be restored": Event(come_back, {}, ()),
}


@pytest.mark.parametrize("name", EVENTS)
def test_nothing_is_seen_that_should_be_gone(name, settings):
    settings.SEARCH = replace(settings.SEARCH, within_s=5)  # on a busy machine its pages would be partial
    event, town = EVENTS[name], Town()
    for viewer in BOTH:  # and so all is cached
        assert town.shown(viewer) == everything(viewer)
    left = {viewer: event.left.get(viewer, dict)(everything(viewer)) for viewer in BOTH}

    event.happen(town)

    assert {viewer: town.shown(viewer) for viewer in event.at_once} == {
        viewer: left[viewer] for viewer in event.at_once
    }
    drain()
    until_replicated()
    assert {viewer: town.shown(viewer) for viewer in BOTH} == left


def test_every_operation_that_shows_posts_or_people_has_its_place():
    assert showing() == PLACES.keys() | OWN
