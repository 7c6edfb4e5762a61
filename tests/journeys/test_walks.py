"""Walking `next` and `prev` meets every item once, in every list, whatever comes and goes in between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import Any

import pytest
from allauth.idp.oidc.models import Client
from django.urls import URLPattern, URLResolver, get_resolver

from modules.audit.models import AuditEntry
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.blocks import block, unblock
from modules.graph.services.mutes import mute, unmute
from modules.kernel.redis.servers import redis
from modules.posts.events import ReactionAdded
from modules.posts.schemas import EditPost, NewDraft
from modules.posts.services.bookmarks import add_bookmark, remove_bookmark
from modules.posts.services.drafts import create_draft, delete_draft
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from modules.posts.services.reposts import remove_repost
from modules.timelines.models import windows
from modules.timelines.schemas import NewList
from modules.timelines.services.lists import add_member, create_list, remove_member
from sharding.scope import writing_directory
from tests.kit.delivery import announced_events, drain, until_replicated
from tests.kit.http import call
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, publish_past, reply, repost
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db


@dataclass
class Walked:
    """A list as its reader asks for it, and how items come and go; `lose` spoils what is cached of it."""

    reader: Person
    path: str
    add: Callable[[], int]
    remove: Callable[[int], None] = lambda id: None
    lose: Callable[[], object] = lambda: None
    # What tells the items of its page apart.
    name: str = "id"
    # What was added and is not gone, oldest first.
    items: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def grow(self) -> None:
        self.items.append(self.add())
        until_replicated()

    def shrink(self, chance: random.Random) -> None:
        item = chance.choice(self.items)
        self.remove(item)
        until_replicated()
        if self.remove is not Walked.remove:
            self.items.remove(item)
            self.gone.add(item)

    def page(self, limit: int, cursor: str | None = None) -> Page:
        query = f"?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        answer = call("GET", self.path + query, as_=self.reader)
        assert answer.status == 200
        ids = [int(card[self.name]) for card in answer.body["data"]]
        return Page(ids, answer.body["next"], answer.body["prev"])


@dataclass(frozen=True)
class Page:
    """A page's items, newest first, and the cursors of its neighbors."""

    ids: list[int]
    next: str | None
    prev: str | None


def user_posts(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    return Walked(
        author,
        f"/v1/users/{author.id}/posts",
        lambda: publish(author),
        lambda id: delete_post(author.id, id, now=NOON),
    )


def post_revisions(settings: Any, after: ExitStack) -> Walked:
    """What a post said before: nothing of it goes one by one."""
    author = sign_up("ada")
    post_id = publish(author)
    versions = count(1)

    def add() -> int:
        version = next(versions)
        edit_post(author.id, post_id, EditPost(text=f"after {version}"), now=NOON)
        return version

    return Walked(author, f"/v1/posts/{post_id}/revisions", add, name="version")


def drafts(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    return Walked(
        author,
        "/v1/me/drafts",
        lambda: create_draft(author.id, NewDraft(text="Hi"), now=NOON, once=None).id,
        lambda id: delete_draft(author.id, id),
    )


def home(settings: Any, after: ExitStack) -> Walked:
    reader, authors = sign_up("vera"), [make_person(), make_person()]
    wrote: dict[int, Person] = {}
    for author in authors:
        graph.follow(reader.id, author.id)
    drain()

    def add() -> int:
        author = authors[len(wrote) % 2]
        post_id = publish(author)
        wrote[post_id] = author
        drain()
        return post_id

    return Walked(
        reader,
        "/v1/timelines/home",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
        lambda: redis("a").run(("DEL", windows.home(reader.id))),
    )


def deep_home(settings: Any, after: ExitStack) -> Walked:
    """One that reaches far below its window."""
    settings.TIMELINES = replace(settings.TIMELINES, window_size=4, slack=1, pull_size=3, pulled_size=2)
    return home(settings, after)


def pulled_home(settings: Any, after: ExitStack) -> Walked:
    """One whose authors are pulled, from windows of their own that are small too."""
    settings.GRAPH = replace(settings.GRAPH, pull_threshold=1, pull_demotion=1)
    made = deep_home(settings, after)
    forget_pulled()
    return made


def uncached_home(settings: Any, after: ExitStack) -> Walked:
    """One without Redis."""
    made = home(settings, after)
    after.enter_context(redis_away(settings))
    author = make_person()
    graph.follow(made.reader.id, author.id)
    made.add = lambda: publish(author)
    made.remove = lambda id: delete_post(author.id, id, now=NOON)
    made.lose = lambda: None
    return made


def list_timeline(settings: Any, after: ExitStack) -> Walked:
    reader, authors = sign_up("vera"), [make_person(), make_person()]
    list_id = create_list(reader.id, NewList(name="Friends"), once=None).id
    for author in authors:
        add_member(list_id, author.id, viewer=graph.viewer_of(reader.id))
    wrote: dict[int, Person] = {}

    def add() -> int:
        author = authors[len(wrote) % 2]
        post_id = publish(author)
        wrote[post_id] = author
        return post_id

    return Walked(
        reader,
        f"/v1/timelines/lists/{list_id}",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
    )


def list_members(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")
    list_id = create_list(reader.id, NewList(name="Friends"), once=None).id

    def add() -> int:
        person = make_person()
        add_member(list_id, person.id, viewer=graph.viewer_of(reader.id))
        return person.id

    path = f"/v1/me/lists/{list_id}/members"
    return Walked(reader, path, add, lambda id: remove_member(reader.id, list_id, id))


def replies(settings: Any, after: ExitStack) -> Walked:
    author, replier = sign_up("ada"), make_person()
    root = publish(author)

    def add() -> int:
        post_id = reply(replier, root)
        drain()
        return post_id

    def remove(id: int) -> None:
        delete_post(replier.id, id, now=NOON)
        drain()  # until then a page is short by it

    return Walked(author, f"/v1/posts/{root}/replies", add, remove)


def reposters(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    original = publish(author)

    def add() -> int:
        person = make_person()
        repost(person, original)
        drain()
        return person.id

    def remove(id: int) -> None:
        remove_repost(id, original, now=NOON)
        drain()

    return Walked(author, f"/v1/posts/{original}/reposts", add, remove)


def following(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        graph.follow(reader.id, person.id)
        return person.id

    path = f"/v1/users/{reader.id}/following"
    return Walked(reader, path, add, lambda id: graph.unfollow(reader.id, id))


def followers(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        graph.follow(person.id, reader.id)
        drain()
        return person.id

    def remove(id: int) -> None:
        graph.unfollow(id, reader.id)
        drain()

    return Walked(reader, f"/v1/users/{reader.id}/followers", add, remove)


def blocks(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        block(reader.id, person.id, now=NOON)
        return person.id

    return Walked(reader, "/v1/me/blocks", add, lambda id: unblock(reader.id, id))


def mutes(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        mute(reader.id, person.id, MuteOptions(), now=NOON)
        return person.id

    return Walked(reader, "/v1/me/mutes", add, lambda id: unmute(reader.id, id))


def reactions(settings: Any, after: ExitStack) -> Walked:
    post_id = publish(make_person())
    reacted: dict[int, Person] = {}

    def add() -> int:
        person = make_person()
        add_reaction(person.id, post_id, "like")
        [event] = announced_events(ReactionAdded)
        reacted[event.edge_id] = person
        drain()
        return int(event.edge_id)

    def remove(id: int) -> None:
        remove_reaction(reacted[id].id, post_id, "like")
        drain()

    return Walked(sign_up("vera"), f"/v1/posts/{post_id}/reactions", add, remove)


def bookmarks(settings: Any, after: ExitStack) -> Walked:
    """They come in an order of their own: the newest bookmark may be of the oldest post."""
    reader, left = sign_up("vera"), publish_past(make_person(), *range(1, 100))

    def add() -> int:
        add_bookmark(reader.id, post_id := left.pop())
        return post_id

    return Walked(reader, "/v1/me/bookmarks", add, lambda id: remove_bookmark(reader.id, id))


def follow_requests(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")
    graph.set_private(reader.id, True)

    def add() -> int:
        person = make_person()
        graph.follow(person.id, reader.id)
        drain()
        return person.id

    def remove(id: int) -> None:
        graph.unfollow(id, reader.id)
        drain()

    return Walked(reader, "/v1/me/follow-requests", add, remove)


def audit(settings: Any, after: ExitStack) -> Walked:
    """What was done with an app's power: nothing of it is ever deleted."""
    reader = sign_up("vera")
    with writing_directory():
        app = Client.objects.create(name="App", owner_id=reader.id)

    def add() -> int:
        with writing_directory():
            return AuditEntry.objects.create(app_id=app.id, at=NOON, action="made").id

    return Walked(reader, f"/v1/apps/{app.id}/audit", add)


# By the operation that each list is; a test finds those that are not here.
LISTS: dict[str, list[Callable[[Any, ExitStack], Walked]]] = {
    "list_user_posts": [user_posts],
    "list_post_revisions": [post_revisions],
    "list_drafts": [drafts],
    "get_home_timeline": [home, deep_home, pulled_home, uncached_home],
    "get_list_timeline": [list_timeline],
    "list_list_members": [list_members],
    "list_replies": [replies],
    "list_reposters": [reposters],
    "list_following": [following],
    "list_followers": [followers],
    "list_blocks": [blocks],
    "list_mutes": [mutes],
    "list_bookmarks": [bookmarks],
    "list_reactions": [reactions],
    "list_follow_requests": [follow_requests],
    "list_app_audit": [audit],
}


@pytest.fixture(params=[make for makes in LISTS.values() for make in makes], ids=lambda make: make.__name__)
def walked(request, settings) -> Iterator[Walked]:
    with ExitStack() as after:
        made = request.param(settings, after)
        for _ in range(9):
            made.grow()
        yield made


def disturb(walked: Walked, chance: random.Random) -> None:
    """Let something come, go or be lost."""
    for _ in range(chance.randint(0, 2)):
        chance.choice([walked.grow, walked.lose, lambda: walked.shrink(chance)])()


@pytest.mark.parametrize("seed", range(2))
class TestEveryList:
    def test_meets_each_item_once_by_next(self, walked, seed):
        chance = random.Random(seed)
        first = list(walked.items)
        page = walked.page(chance.randint(1, 4))
        seen = list(page.ids)

        while page.next is not None:
            disturb(walked, chance)
            page = walked.page(chance.randint(1, 4), page.next)
            seen += page.ids

        left = [item for item in first if item not in walked.gone]
        assert [item for item in seen if item not in walked.gone] == left[::-1]
        assert len(set(seen)) == len(seen)

    def test_meets_each_item_once_by_prev_up_to_the_newest(self, walked, seed):
        chance = random.Random(seed)
        page = walked.page(3)
        while page.next is not None:
            page = walked.page(3, page.next)
        seen = page.ids[::-1]

        while True:
            disturb(walked, chance)
            limit, asked = chance.randint(1, 4), page.prev
            page = walked.page(limit, asked)
            newest = walked.page(limit)
            seen += page.ids[::-1]
            assert newest.ids == walked.items[: -limit - 1 : -1]
            # Nothing is newer: whatever was not met by now never is.
            if page.prev == asked:
                break

        assert [item for item in seen if item not in walked.gone] == walked.items
        assert len(set(seen)) == len(seen)

    def test_leads_back_by_next_to_where_prev_came_from(self, walked, seed):
        limit = seed + 2
        page = walked.page(limit)
        for _ in range(2):
            page = walked.page(limit, page.next)
        for _ in range(limit + 1):
            walked.grow()

        pages = [page]
        while page.ids:
            page = walked.page(limit, page.prev)
            pages.append(page)

        for older, newer in pairwise(pages):
            back = walked.page(limit, newer.next)
            expected = older.ids if newer.ids else walked.items[: -limit - 1 : -1]
            assert back.ids == expected


class TestLists:
    def test_are_all_walked(self):
        assert {operation.id for operation in _operations() if operation.paging_name} == LISTS.keys()


def _operations(patterns: Any = None) -> Iterator[Any]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from _operations(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", None)
            yield from getattr(view, "operations", {}).values()
