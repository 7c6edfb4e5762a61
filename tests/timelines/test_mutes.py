"""Whom a reader mutes is in no home, and is there again when the mute ends; pages stay full meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.graph.public import unfollow, viewer_of
from modules.graph.schemas import MuteOptions
from modules.graph.services.blocks import block
from modules.graph.services.mutes import mute, unmute
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.timelines import public as timelines
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.pages import ids_of
from tests.kit.people import NOON, Person, make_person
from tests.kit.posts import publish_past
from tests.kit.redis import redis_away
from tests.timelines.kit import flat, follow, read_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[Person, Person, Person]:
    """A reader, somebody busy and somebody who posted long ago."""
    reader, busy, slow = make_person(), make_person(), make_person()
    follow(reader, busy, slow)
    drain()
    return reader, busy, slow


class TestMute:
    def test_leaves_out_what_they_posted_until_it_ends(self, people, settings):
        reader, busy, slow = people
        loud, quiet = publish_past(busy, 2, 4), publish_past(slow, 1, 3)
        everything = [loud[1], quiet[1], loud[0], quiet[0]]
        assert flat(read_ids(reader)) == everything

        mute(reader.id, busy.id, MuteOptions(), now=NOON)

        assert flat(read_ids(reader)) == quiet[::-1]
        with redis_away(settings):
            assert flat(read_ids(reader)) == quiet[::-1]
        unmute(reader.id, busy.id)
        assert flat(read_ids(reader)) == everything

    def test_that_expires_has_lost_nothing_of_what_came_meanwhile(self, people, monkeypatch):
        reader, busy, _ = people
        before = publish_past(busy, 1)
        timelines.warm(reader.id)
        until = clock.now() + timedelta(hours=1)
        mute(reader.id, busy.id, MuteOptions(expires_at=until), now=clock.now())
        drain()
        assert flat(read_ids(reader)) == []

        monkeypatch.setattr(clock, "now", lambda: until)

        assert flat(read_ids(reader)) == before

    @pytest.mark.parametrize("is_pulled", [False, True])
    @pytest.mark.parametrize("window", [800, 4])
    def test_of_somebody_busy_costs_one_more_round_and_the_page_is_full(
        self, people, settings, is_pulled, window
    ):
        settings.TIMELINES = replace(settings.TIMELINES, window_size=window, pull_size=window, slack=1)
        if is_pulled:
            settings.GRAPH = replace(settings.GRAPH, pull_threshold=1, pull_demotion=1)
            for person in people[1:]:
                unfollow(people[0].id, person.id)
                follow(people[0], person)
            drain()
        reader, busy, slow = people
        quiet = publish_past(slow, *range(1, 10))
        publish_past(busy, *range(10, 200))
        mute(reader.id, busy.id, MuteOptions(), now=NOON)

        first = timelines.get_home(viewer_of(reader.id), Paging.first(5))

        assert (ids_of(first), first.next is not None) == (quiet[:3:-1], True)
        assert flat(read_ids(reader, limit=5)) == quiet[::-1]
        if window == 800 and not is_pulled:
            with count_queries() as queries, count_trips() as trips:
                timelines.get_home(viewer_of(reader.id), Paging.first(5))
            assert (queries.total, trips.trips) == (0, 4)


class TestBlock:
    def test_takes_the_posts_of_both_out_of_the_homes_and_windows_of_both(self):
        ada, vera = make_person(), make_person()
        follow(ada, vera)
        follow(vera, ada)
        drain()
        [of_ada], [of_vera] = publish_past(ada, 1), publish_past(vera, 2)
        assert flat(read_ids(ada)) == flat(read_ids(vera)) == [of_vera, of_ada]

        block(ada.id, vera.id, now=NOON)

        assert flat(read_ids(ada)) == [of_ada]
        drain()
        assert (flat(read_ids(ada)), flat(read_ids(vera))) == ([of_ada], [of_vera])
        assert timelines.window_contains([ada.id, vera.id], of_vera) == {vera.id}
        assert timelines.window_contains([ada.id, vera.id], of_ada) == {ada.id}
