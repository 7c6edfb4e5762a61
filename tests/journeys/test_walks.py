"""Walking `next` and `prev` meets every item once, in every list, whatever comes and goes in between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, pairwise
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from sharding import scatter
from tests.journeys import walked_people, walked_posts
from tests.journeys.crowd import fill
from tests.journeys.scans import Watch
from tests.journeys.walked import Walked
from tests.kit.people import sign_up

pytestmark = pytest.mark.django_db


# By the operation that each list is; a test finds those that are not here.
LISTS: dict[str, list[Callable[[Any, ExitStack], Walked]]] = {
    "list_user_posts": [walked_posts.user_posts],
    "list_post_revisions": [walked_posts.post_revisions],
    "list_drafts": [walked_posts.drafts],
    "get_home_timeline": [
        walked_posts.home,
        walked_posts.deep_home,
        walked_posts.pulled_home,
        walked_posts.uncached_home,
    ],
    "get_list_timeline": [walked_posts.list_timeline],
    "get_tag_timeline": [walked_posts.tag_timeline],
    "search_users": [walked_people.found_people],
    "search_posts": [walked_posts.found_posts],
    "search_tags": [walked_posts.found_tags],
    "list_list_members": [walked_people.list_members],
    "list_replies": [walked_posts.replies],
    "list_reposters": [walked_people.reposters],
    "list_following": [walked_people.following],
    "list_followers": [walked_people.followers],
    "list_blocks": [walked_people.blocks],
    "list_mutes": [walked_people.mutes],
    "list_bookmarks": [walked_posts.bookmarks],
    "list_reactions": [walked_posts.reactions],
    "list_follow_requests": [walked_people.follow_requests],
    "list_notifications": [walked_people.notifications],
    "list_notification_actors": [walked_people.notification_actors],
    "list_exports": [walked_people.exports],
    "list_app_audit": [walked_people.audit],
    "list_newsletter_issues": [walked_people.newsletter_issues],
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


# Pages of a ranking as it was made once, in which nothing comes (tests/timelines/test_explore.py).
RANKED = {"get_explore_timeline"}


class TestLists:
    def test_are_all_walked(self):
        paged = {operation.id for operation in _operations() if operation.paging_name}

        assert paged - RANKED == LISTS.keys()

    def test_look_through_no_large_table(self, settings, monkeypatch):
        """In one crowd, side by side: each with people of their own."""
        number = count()
        for module in (walked_people, walked_posts):
            monkeypatch.setattr(module, "sign_up", lambda name: sign_up(f"{name}{next(number)}"))
        watch = Watch(fill())

        with scatter.serially():
            for operation_id, makes in LISTS.items():
                with ExitStack() as after:
                    walked = makes[0](settings, after)
                    while len(walked.items) < 5:
                        walked.grow()
                    with watch.over(operation_id):
                        first = walked.page(2)
                        last = walked.page(2, walked.page(2, first.next).next)
                        walked.page(2, last.prev)
                    assert [*first.ids, *last.ids] == walked.items[:-3:-1] + walked.items[:1], operation_id

        assert watch.found == {}


def _operations(patterns: Any = None) -> Iterator[Any]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from _operations(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", None)
            yield from getattr(view, "operations", {}).values()
