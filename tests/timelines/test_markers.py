"""How far somebody has read: on and never back, whichever device says so."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from modules.kernel import clock
from modules.timelines.errors import LastReadInFuture, TimelineNameInvalid, TooManyMarkers
from modules.timelines.events import MarkerMoved
from modules.timelines.models import Marker
from modules.timelines.selectors.markers import list_markers
from modules.timelines.services.markers import delete_marker, move_marker
from sharding.ids import make_id, moment_of
from sharding.testing import count_queries
from tests.kit.delivery import announced, announced_events, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_person, sign_up

pytestmark = pytest.mark.django_db

OLD, NEW, NEWEST = (make_id(n, 7, 0) for n in (1, 2, 3))
LATER = NOON + timedelta(hours=1)


def move(person, last_read_id, *, timeline="home", now=NOON):
    return move_marker(person.id, timeline, last_read_id, now=now)


def standing(person):
    until_replicated()
    return {card.timeline: card.last_read_id for card in list_markers(person.id).data}


class TestMoveMarker:
    def test_moves_on_and_tells_so(self):
        reader = make_person()

        first, second = move(reader, OLD), move(reader, NEW, now=LATER)

        assert (first.last_read_id, first.updated_at) == (OLD, NOON)
        assert (second.last_read_id, second.updated_at) == (NEW, LATER)
        assert standing(reader) == {"home": NEW}
        assert announced_events(MarkerMoved) == [
            MarkerMoved(user_id=reader.id, timeline="home", last_read_id=OLD, version=1),
            MarkerMoved(user_id=reader.id, timeline="home", last_read_id=NEW, version=2),
        ]

    @pytest.mark.parametrize("late", [OLD, NEW])
    def test_ignores_what_is_not_newer_and_answers_what_stands(self, late):
        reader = make_person()
        stands = move(reader, NEW)

        answer = move(reader, late, now=LATER)

        assert answer == stands
        assert Marker.objects.of(reader.id).on_primary().get().version == 1
        assert len(announced(MarkerMoved.name)) == 1

    def test_ends_at_the_newest_whoever_comes_last(self):
        reader = make_person()
        ids = [make_id(n, 7, 0) for n in (5, 3, 8, 1, 7, 2, 6, 4)]

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda id: _in_thread(reader, id), ids))

        assert standing(reader) == {"home": max(ids)}
        assert all(answer >= id for answer, id in zip(answers, ids, strict=True))

    def test_keeps_timelines_and_people_apart(self):
        ada, grace = make_person(), make_person()
        move(ada, NEW)
        move(ada, OLD, timeline="list:12")
        move(grace, OLD)

        assert standing(ada) == {"home": NEW, "list:12": OLD}
        assert standing(grace) == {"home": OLD}

    def test_refuses_what_cannot_have_been_minted_yet(self):
        reader = make_person()
        id = make_id((NOON - moment_of(0)) // timedelta(milliseconds=1), 7, 0)

        # The clocks of databases may be ahead of this one, by less than a minute.
        move(reader, id, now=NOON - timedelta(minutes=1))
        with pytest.raises(LastReadInFuture) as refusal:
            move(reader, id + make_id(1, 0, 0), now=NOON - timedelta(minutes=1))

        assert refusal.value.errors[0].pointer == "/last_read_id"
        assert standing(reader) == {"home": id}

    @pytest.mark.parametrize("name", ["Home", "a" * 65, "home ", "höme", "..", "home\n"])
    def test_refuses_what_is_no_name(self, name):
        with pytest.raises(TimelineNameInvalid):
            move(make_person(), NEW, timeline=name)

        assert announced(MarkerMoved.name) == []

    def test_refuses_one_more_than_may_be_and_moves_those_that_are_there(self, settings):
        settings.TIMELINES = replace(settings.TIMELINES, marker_cap=2)
        reader = make_person()
        move(reader, OLD)
        move(reader, OLD, timeline="notifications")

        with pytest.raises(TooManyMarkers):
            move(reader, OLD, timeline="third")
        move(reader, NEW)
        delete_marker(reader.id, "notifications")
        move(reader, OLD, timeline="third")

        assert standing(reader) == {"home": NEW, "third": OLD}

    def test_costs_one_statement_and_its_news(self):
        reader = make_person()
        move(reader, OLD)

        with count_queries() as queries:
            move(reader, NEW)

        written = [sql.split()[:3] for _, sql in queries.statements if sql.lstrip().startswith("INSERT")]
        assert written == [["INSERT", "INTO", "timelines_marker"], ["INSERT", "INTO", "outbox_event"]]

    def test_leaves_nothing_behind_where_nobody_hears_of_it(self):
        move(make_person(), OLD)

        drain()

        assert announced(MarkerMoved.name) == []


class TestDeleteMarker:
    def test_forgets_one_and_may_be_repeated(self):
        reader = make_person()
        move(reader, OLD)
        move(reader, OLD, timeline="list:12")

        delete_marker(reader.id, "list:12")
        delete_marker(reader.id, "list:12")

        assert standing(reader) == {"home": OLD}


class TestListMarkers:
    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_read_at_any_length(self, many):
        reader = make_person()
        for n in range(many):
            move(reader, OLD, timeline=f"list:{n:02}")
        until_replicated()

        with count_queries() as queries:
            page = list_markers(reader.id)

        assert [card.timeline for card in page.data] == [f"list:{n:02}" for n in range(many)]
        assert count_reads(queries) == 1


class TestHttp:
    def test_says_and_tells_how_far_the_caller_has_read(self):
        reader = sign_up("vera")
        path = "/v1/me/markers/list:12"

        moved = call("PUT", path, {"last_read_id": str(NEW)}, as_=reader)
        late = call("PUT", path, {"last_read_id": str(OLD)}, as_=reader)
        until_replicated()
        listed = call("GET", "/v1/me/markers", as_=reader)

        assert (moved.status, late.status, late.body) == (200, 200, moved.body)
        assert (moved.body["timeline"], moved.body["last_read_id"]) == ("list:12", str(NEW))
        assert listed.body["data"] == [moved.body]

    def test_points_at_what_is_wrong(self):
        reader = sign_up("vera")
        ahead = make_id((clock.now() - moment_of(0)) // timedelta(milliseconds=1) + 3_600_000, 7, 0)

        future = call("PUT", "/v1/me/markers/home", {"last_read_id": str(ahead)}, as_=reader)
        name = call("PUT", "/v1/me/markers/Home", {"last_read_id": str(OLD)}, as_=reader)

        assert (future.status, future.body["code"], future.pointers) == (
            422,
            "last_read_in_future",
            ["/last_read_id"],
        )
        assert (name.status, name.body["code"], name.pointers) == (422, "timeline_name_invalid", ["timeline"])


def _in_thread(reader, last_read_id):
    try:
        return move(reader, last_read_id).last_read_id
    finally:
        connections.close_all()
