"""Logs: each event once and in order, numbers that never go back, and no log for who never listens."""

import pytest

from modules.kernel.principals import Principal
from modules.kernel.redis.script import count_trips
from modules.kernel.redis.servers import redis, redis_of
from modules.realtime.models import logs
from modules.realtime.public import tell
from modules.realtime.selectors.updates import read_log
from sharding.ids import make_id
from sharding.scope import Once
from tests.kit.people import make_person

pytestmark = pytest.mark.django_db


def event(number):
    return Once(scope="realtime.tests", key=str(make_id(number, 3, number)))


def tell_marker(user_ids, number):
    return tell(user_ids, "marker.changed", {"number": number}, once=event(number))


def numbers(user_id, since):
    """Return what a user is told after a number, in its order."""
    entries = read_log(Principal(id=user_id), since=since).entries
    return (
        None
        if entries is None
        else [entry.json_bytes().partition(b'"data":{"number":')[2][:-2] for entry in entries]
    )


@pytest.fixture
def reader():
    """Somebody who listens, and where they began."""
    person = make_person()
    return person.id, logs.read(person.id, None).last


class TestTell:
    def test_appends_once_however_often_an_event_is_delivered(self, reader):
        user_id, began = reader

        taken = [tell_marker([user_id], number) for number in (1, 2, 1, 3, 2)]

        assert taken == [1, 1, 0, 1, 0]
        assert numbers(user_id, began) == [b"1", b"2", b"3"]
        first, second, third = logs.read(user_id, began).entries or []
        assert began == first.before < first.number == second.before < second.number == third.before
        assert logs.read(user_id, None).last == third.number

    def test_says_what_a_client_needs(self, reader):
        user_id, began = reader

        tell_marker([user_id], 1)

        reading = logs.read(user_id, began)
        assert b"".join(entry.json_bytes() for entry in reading.entries or []).decode() == (
            f'{{"topic":"me","seq":{reading.last},"id":"{event(1).key}","type":"marker.changed",'
            '"ts":"2025-01-01T00:00:00.001000Z","data":{"number":1}}'
        )

    def test_costs_a_look_where_nobody_listens(self):
        person = make_person()

        assert tell_marker([person.id], 1) == 0
        assert redis_of(person.id).run(("EXISTS", logs.key_of(person.id))) == [0]

    def test_asks_each_redis_once_for_many(self):
        people = [make_person().id for _ in range(12)]
        for user_id in people:
            logs.read(user_id, None)

        with count_trips() as trips:
            taken = tell_marker(people, 1)

        assert (taken, trips.trips) == (12, 1)

    def test_keeps_the_newest(self, reader, settings):
        user_id, began = reader
        tell_marker([user_id], 1)
        first = logs.read(user_id, None).last
        tell_marker([user_id], 2)
        second = logs.read(user_id, None).last
        for number in range(3, settings.REALTIME.log_size + 3):
            tell_marker([user_id], number)

        told = numbers(user_id, second)

        assert (len(told), told[0], told[-1]) == (settings.REALTIME.log_size, b"3", b"502")
        assert numbers(user_id, first) is numbers(user_id, began) is None

    def test_begins_anew_over_what_is_no_log(self, reader):
        user_id, began = reader
        redis_of(user_id).run(("SET", logs.key_of(user_id), "nonsense"))

        assert tell_marker([user_id], 1) == 0
        assert numbers(user_id, began) is None


class TestReading:
    def test_after_a_loss_begins_above_every_earlier_number_and_says_so(self, reader):
        user_id, _ = reader
        tell_marker([user_id], 1)
        told = logs.read(user_id, None).last
        redis("a").run(("FLUSHDB",))
        redis("b").run(("FLUSHDB",))

        reading = logs.read(user_id, told)

        assert reading.entries is None
        assert reading.last > told
        assert logs.read(user_id, reading.last).entries == []

    def test_after_a_loss_of_the_end_says_so_to_whom_more_was_told(self, reader):
        user_id, began = reader
        tell_marker([user_id], 1)
        kept = logs.read(user_id, None).last
        tell_marker([user_id], 2)
        told = logs.read(user_id, None).last
        redis_of(user_id).run(("RPOP", logs.key_of(user_id), 2))

        tell_marker([user_id], 3)
        tell_marker([user_id], 4)

        assert numbers(user_id, told) is None
        assert numbers(user_id, kept) == [b"3", b"4"]
        assert numbers(user_id, began) == [b"1", b"3", b"4"]

    @pytest.mark.parametrize("missed", [1, 7, 8, 9, 40])
    def test_finds_where_one_was_however_long_ago(self, reader, missed):
        user_id, _ = reader
        tell_marker([user_id], 1000)
        since = logs.read(user_id, None).last
        for number in range(missed):
            tell_marker([user_id], number)

        assert numbers(user_id, since) == [b"%d" % number for number in range(missed)]

    @pytest.mark.parametrize("since", [lambda last: 0, lambda last: last + 1, lambda last: last - 10**9])
    def test_from_where_nobody_was_says_so(self, reader, since):
        user_id, began = reader

        assert logs.read(user_id, since(began)).entries is None

    def test_passes_over_what_credentials_do_not_reach(self, reader):
        user_id, began = reader
        tell_marker([user_id], 1)
        narrow = Principal(id=user_id, scopes=frozenset({"read:realtime"}))

        reading = read_log(narrow, since=began)

        assert reading.last > began
        assert reading.entries == []
