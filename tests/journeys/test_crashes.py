"""Nothing acknowledged is lost, nothing done twice, whatever is killed between a post and its fan-out."""

import pytest

from tests.journeys.client import Client
from tests.machines import until

pytestmark = pytest.mark.django_db

# A lease of two seconds: what a killed worker held comes back soon enough for a test.
POSTS = 12


@pytest.fixture
def api(stack):
    return stack.run_api()


@pytest.fixture
def pair(stack, api):
    """An author and a reader who follows, with the edge on both sides."""
    relay, worker = stack.run_relay(), stack.run_worker()
    author, reader = Client(api.url).sign_up("ada"), Client(api.url).sign_up("vera")
    reader.follow(author)
    until(lambda: author.counts() == {"followers": 1, "following": 0})
    assert reader.home() == []
    return author, reader, relay, worker


def everything_arrived(reader: Client, ids: list[str]) -> None:
    """Wait for every post, then claim that each is there once and in order."""
    newest_first = sorted(ids, key=int, reverse=True)
    until(lambda: len(reader.home_to_the_end()) >= len(ids))
    assert reader.home_to_the_end() == newest_first


class TestAKill:
    def test_of_the_worker_between_post_and_fan_out_loses_nothing(self, stack, pair):
        author, reader, _, worker = pair
        worker.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]

        stack.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_worker_again_and_again_in_the_midst_of_it_doubles_nothing(self, stack, pair):
        author, reader, _, worker = pair
        ids = []
        for number in range(POSTS):
            ids.append(author.post(f"post {number}"))
            if number % 4 == 3:
                worker.kill()
                worker = stack.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_worker_twice_is_made_good_by_the_leases_of_production(self, stack, pair):
        author, reader, relay, worker = pair
        relay.kill()
        worker.kill()
        served = {"DJANGO_SETTINGS_MODULE": "config.settings.base"}
        stack.run_relay(**served)
        ids = [author.post(f"post {number}") for number in range(POSTS)]
        for _ in range(2):
            worker = stack.run_worker(**served)
            ids += [author.post(f"post {number}") for number in range(POSTS)]
            worker.kill()

        stack.run_worker(**served)

        everything_arrived(reader, ids)

    def test_of_the_relay_loses_nothing(self, stack, pair):
        author, reader, relay, _ = pair
        relay.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]

        stack.run_relay()

        everything_arrived(reader, ids)

    def test_of_the_broker_and_all_it_held_loses_nothing(self, stack, pair):
        author, reader, _, worker = pair
        worker.kill()
        ids = [author.post(f"post {number}") for number in range(POSTS)]
        until(lambda: stack.queue_length("fanout") > 0)

        stack.flush_redis()
        stack.run_worker()

        everything_arrived(reader, ids)

    def test_of_the_worker_counts_a_follower_once(self, stack, pair, api):
        author, _, _, worker = pair
        worker.kill()
        fans = [Client(api.url).sign_up(f"fan{number}") for number in range(5)]
        for fan in fans:
            fan.follow(author)
        stack.run_worker().kill()

        stack.run_worker()

        until(lambda: author.counts() == {"followers": 6, "following": 0})
        until(stack.outbox_is_empty)
        assert author.counts() == {"followers": 6, "following": 0}
