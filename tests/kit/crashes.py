"""
The crash suite: nothing acknowledged is lost and nothing done twice, whatever is killed before a fan-out.

Several folders hold what they run by to it; each takes the classes and `pair` by name.
"""

import pytest

from tests.kit.client import Client
from tests.kit.machines import until

# A lease of two seconds: what a killed worker held comes back soon enough for a test.
POSTS = 12


@pytest.fixture
def pair(live_api):
    """An author and a reader who follows, with the edge on both sides."""
    author, reader = Client(live_api.url).sign_up("ada"), Client(live_api.url).sign_up("vera")
    reader.follow(author)
    until(lambda: author.counts() == {"followers": 1, "following": 0})
    assert reader.home() == []
    return author, reader


def everything_arrived(reader: Client, ids: list[str]) -> None:
    """Wait for every post, then claim that each is there once and in order."""
    newest_first = sorted(ids, key=int, reverse=True)
    until(lambda: len(reader.home_to_the_end()) >= len(ids))
    assert reader.home_to_the_end() == newest_first


class TestAKill:
    def test_of_the_worker_between_post_and_fan_out_loses_nothing(self, deliverers, pair):
        author, reader = pair
        deliverers.worker.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]

        deliverers.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_worker_again_and_again_in_the_midst_of_it_doubles_nothing(self, deliverers, pair):
        author, reader = pair
        ids = []
        for number in range(POSTS):
            ids.append(author.post(f"post {number}"))
            if number % 4 == 3:
                deliverers.worker.kill()
                deliverers.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_relay_loses_nothing(self, deliverers, pair):
        author, reader = pair
        deliverers.relay.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]

        deliverers.run_relay()

        everything_arrived(reader, ids)

    def test_of_the_broker_and_all_it_held_loses_nothing(self, machines_of_module, deliverers, pair):
        author, reader = pair
        deliverers.worker.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]
        until(lambda: machines_of_module.queue_length("fanout") > 0)

        machines_of_module.lose_broker()
        deliverers.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_worker_counts_a_follower_once(self, machines_of_module, deliverers, pair, live_api):
        author, _ = pair
        deliverers.worker.kill()
        fans = [Client(live_api.url).sign_up(f"fan{number}") for number in range(5)]
        for fan in fans:
            fan.follow(author)
        deliverers.run_worker()
        deliverers.worker.kill()

        deliverers.run_worker()

        until(lambda: author.counts() == {"followers": 6, "following": 0})
        until(machines_of_module.outbox_is_empty)
        assert author.counts() == {"followers": 6, "following": 0}

    def test_of_the_worker_twice_is_made_good_by_the_leases_of_production(self, deliverers, pair):
        author, reader = pair
        deliverers.kill()
        served = {"DJANGO_SETTINGS_MODULE": "config.settings.base"}
        deliverers.run_relay(**served)
        ids = [author.post(f"post {number}") for number in range(POSTS)]
        for _ in range(2):
            deliverers.run_worker(**served)
            ids += [author.post(f"post {number}") for number in range(POSTS)]
            deliverers.worker.kill()

        deliverers.run_worker(**served)

        everything_arrived(reader, ids)


class TestGarbageInTheBroker:
    @pytest.mark.parametrize(
        "garbage",
        [b"\xff\x00", b"null", b"[]", b"7", b"{}", b'{"properties": 7}', b'{"body": 1, "properties": {}}'],
    )
    def test_ends_no_worker(self, machines_of_module, deliverers, pair, garbage):
        author, reader = pair
        worker = deliverers.worker

        machines_of_module.put_into_queue("fanout", garbage)
        until(lambda: machines_of_module.queue_length("fanout") == 0)

        everything_arrived(reader, [author.post("after it")])
        assert worker.is_running
