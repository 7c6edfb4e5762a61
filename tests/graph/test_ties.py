"""A viewer's exceptions: one entry, right at the viewer's next request, and right without Redis."""

from datetime import timedelta

import pytest

from modules.graph import tasks
from modules.graph.events import TiesChanged
from modules.graph.models import BlockIn, FollowCount
from modules.graph.public import viewer_of
from modules.graph.schemas import PUBLIC_VIEWER, MuteOptions
from modules.graph.selectors import ties
from modules.graph.selectors.ties import TIES_KIND, render_ties
from modules.graph.services.blocks import block, unblock
from modules.graph.services.mutes import mute, unmute
from modules.graph.services.ties import renew_ties
from modules.kernel import cards, clock
from modules.kernel.redis.client import RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from sharding.errors import InstanceUnavailable
from sharding.ids import make_id
from sharding.scope import Once, writing_for
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db


def stands(viewer: Person, *people: Person) -> list[tuple[bool, bool, bool]]:
    """Return of each person what the viewer is told: hidden, blocked by, muted."""
    page = viewer_of(viewer.id, [person.id for person in people])
    return [(page.hides(p.id), page.is_blocked_by(p.id), page.mutes(p.id)) for p in people]


NO = (False, False, False)


class TestViewer:
    def test_hides_whoever_blocks_or_is_blocked_and_knows_whom_they_mute(self, ada, grace, vera):
        block(ada.id, vera.id, now=NOON)
        mute(ada.id, grace.id, MuteOptions(), now=clock.now())
        assert stands(ada, vera, grace) == [(True, False, False), (False, False, True)]
        assert stands(vera, ada) == [NO]

        drain(times=2)

        assert stands(ada, vera, grace) == [(True, False, False), (False, False, True)]
        assert (stands(vera, ada), stands(grace, ada)) == ([(True, True, False)], [NO])
        unblock(ada.id, vera.id)
        unmute(ada.id, grace.id)
        assert stands(ada, vera, grace) == [NO, NO]
        drain(times=2)
        assert stands(vera, ada) == [NO]

    def test_costs_one_trip_once_for_all_pages_of_a_request(self, ada, grace, vera):
        block(ada.id, vera.id, now=NOON)
        viewer = viewer_of(ada.id, [vera.id])

        with count_queries() as queries, count_trips() as trips:
            assert viewer.hides(vera.id)
            assert not viewer.among({grace.id}).hides(grace.id)

        assert (queries.total, trips.trips, trips.commands) == (0, 1, 1)

    def test_costs_no_trip_of_its_own_when_loaded_with_cards(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        viewer = viewer_of(ada.id, [vera.id])
        loaded = cards.load({**viewer.lacks})
        viewer.learn(loaded, {})

        with count_queries() as queries, count_trips() as trips:
            assert (viewer.hides(vera.id), viewer.among({ada.id}).lacks) == (True, {})

        assert (queries.total, trips.trips) == (0, 0)

    def test_costs_one_read_of_the_primary_where_nothing_is_cached_or_redis_is_away(
        self, ada, vera, settings
    ):
        block(ada.id, vera.id, now=NOON)
        redis("a").run(("FLUSHDB",))
        with count_queries() as cold:
            assert stands(ada, vera) == [(True, False, False)]

        with redis_away(settings), count_queries() as away:
            assert stands(ada, vera) == [(True, False, False)]

        assert cold.by_alias == away.by_alias == {"a": 1}

    def test_tells_nothing_of_people_who_are_not_on_the_page(self, ada, grace, vera):
        with pytest.raises(LookupError):
            viewer_of(ada.id, [grace.id]).hides(vera.id)

    def test_fails_where_exceptions_cannot_be_read(self, ada, vera):
        viewer = viewer_of(ada.id, [vera.id])

        with pytest.raises(InstanceUnavailable):
            viewer.learn({}, {ada.id: InstanceUnavailable("a")})

    def test_of_nobody_costs_nothing(self, vera):
        with count_queries() as queries, count_trips() as trips:
            told = PUBLIC_VIEWER.hides(vera.id), PUBLIC_VIEWER.mutes(vera.id), PUBLIC_VIEWER.lacks

        assert (told, queries.total, trips.trips) == ((False, False, {}), 0, 0)


class TestMutesThatEnd:
    def test_count_as_none_at_once_though_the_entry_stands(self, ada, vera, monkeypatch):
        until = clock.now() + timedelta(hours=1)
        mute(ada.id, vera.id, MuteOptions(expires_at=until), now=clock.now())
        assert stands(ada, vera) == [(False, False, True)]

        monkeypatch.setattr(clock, "now", lambda: until)

        assert stands(ada, vera) == [NO]

    def test_leave_a_block_standing(self, ada, vera, monkeypatch):
        until = clock.now() + timedelta(hours=1)
        mute(ada.id, vera.id, MuteOptions(expires_at=until), now=clock.now())
        block(ada.id, vera.id, now=NOON)

        monkeypatch.setattr(clock, "now", lambda: until)

        assert stands(ada, vera) == [(True, False, False)]


class TestTooMany:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch):
        monkeypatch.setattr(ties, "MOST", 3)

    def be_blocked(self, person: Person, number: int) -> list[int]:
        ids = [make_id(n + 1, 7, 0) for n in range(number)]
        with writing_for(person.id):
            BlockIn.objects.bulk_create([BlockIn(user_id=person.id, blocker_id=id, edge_id=id) for id in ids])
        return ids

    def test_are_asked_of_the_shard_for_the_people_of_a_page_at_once(self, ada, vera):
        ids = self.be_blocked(ada, 4)
        mute(ada.id, vera.id, MuteOptions(), now=clock.now())
        assert (len(TIES_KIND.get_many([ada.id])[ada.id].json), viewer_of(ada.id).muted_ids) == (
            51,
            frozenset(),
        )
        viewer = viewer_of(ada.id, [*ids, vera.id])

        with count_queries() as queries:
            assert [viewer.hides(id) for id in (*ids, vera.id)] == [True] * 4 + [False]
            assert viewer.mutes(vera.id)

        assert queries.by_alias == {"a": 1}

    def test_are_known_whole_up_to_the_limit(self, ada, vera):
        ids = self.be_blocked(ada, 3)
        viewer = viewer_of(ada.id, [*ids, vera.id])
        assert viewer.hides(ids[0])

        with count_queries() as queries:
            assert [viewer.hides(id) for id in (*ids, vera.id)] == [True] * 3 + [False]

        assert queries.total == 0


class TestEntry:
    def test_of_an_older_read_does_not_bury_a_newer_one(self, ada, vera):
        older = render_ties([ada.id])
        block(ada.id, vera.id, now=NOON)

        TIES_KIND.put(older)

        assert stands(ada, vera) == [(True, False, False)]

    def test_is_read_of_one_moment_with_its_version(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        mute(ada.id, vera.id, MuteOptions(), now=clock.now())

        assert FollowCount.objects.of(ada.id).on_primary().get().ties_version == 2
        assert render_ties([ada.id])[ada.id].version == 2

    def test_is_renewed_by_the_news_should_the_request_have_missed_it(self, ada, vera, settings):
        stands(ada, vera)
        with redis_away(settings):
            block(ada.id, vera.id, now=NOON)
            with pytest.raises(RedisUnavailable):
                tasks.refresh_ties(TiesChanged(user_id=ada.id), Once("test", "1"))
        assert stands(ada, vera) == [NO]

        drain(times=2)

        assert stands(ada, vera) == [(True, False, False)]
        renew_ties(ada.id)
        assert stands(ada, vera) == [(True, False, False)]
