"""A post travels from a client, through sharded PostgreSQL, to every follower's home timeline."""

from functools import partial

import pytest

from tests.kit.client import Client
from tests.kit.machines import until

pytestmark = pytest.mark.django_db


class TestAPostReachesHome:
    def test_of_followers_on_both_instances_and_of_the_author(self, live_api):
        author = Client(live_api.url).sign_up("ada")
        followers = [Client(live_api.url).sign_up(f"reader{number}") for number in range(4)]
        stranger = Client(live_api.url).sign_up("stranger")
        for follower in followers:
            follower.follow(author)
        until(lambda: author.counts() == {"followers": 4, "following": 0})

        author.post("Hello, forest")

        for reader in [author, *followers]:
            until(partial(_shows, reader, ["Hello, forest"]))
        assert stranger.home() == []

    def test_and_disappears_when_it_is_deleted_or_its_author_unfollowed(self, live_api):
        author, other = Client(live_api.url).sign_up("ada"), Client(live_api.url).sign_up("grace")
        reader = Client(live_api.url).sign_up("vera")
        reader.follow(author)
        reader.follow(other)
        kept, deleted = author.post("kept"), author.post("deleted")
        other.post("unfollowed")
        until(lambda: sorted(reader.home()) == ["deleted", "kept", "unfollowed"])

        assert author.call("DELETE", f"/v1/posts/{deleted}").status == 204
        assert reader.call("DELETE", f"/v1/me/following/{other.id}").status in {200, 204}

        assert reader.home() == ["kept"]
        assert reader.call("GET", f"/v1/posts/{deleted}").status == 404
        assert reader.call("GET", f"/v1/posts/{kept}").status == 200


def _shows(reader: Client, expected: list[str]) -> bool:
    return reader.home() == expected
