"""Nothing is left of who was erased, anywhere, but ids where the docs say; and others' counts stay right."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from modules.erasure.selectors.leftovers import find_leftovers
from modules.graph import public as graph
from modules.graph.schemas import Counts
from sharding.leftovers import find_rows
from tests.erasure.kit import WORD, close, erase, find_in_redis, live
from tests.kit.audits import audit, kinds
from tests.kit.delivery import until_replicated
from tests.kit.http import call
from tests.kit.media import files_of

pytestmark = pytest.mark.django_db

# What the life in the kit has left there; how often it was heard of (`once`) is nobody's business.
ON_SHARD = {
    "exports_allowance": 1,
    "graph_blockin": 1,
    "graph_blockout": 1,
    "graph_followcount": 1,
    "graph_followin": 2,
    "graph_followout": 2,
    "graph_mute": 2,
    "mailings_subscription": 1,
    "media_media": 3,
    "notifications_action": 8,
    "notifications_group": 2,
    "notifications_inbox": 1,
    "posts_authorcount": 1,
    "posts_bookmark": 2,
    "posts_draft": 1,
    "posts_markcount": 1,
    "posts_post": 7,
    "posts_postrevision": 1,
    "posts_reactionin": 2,
    "posts_reactionout": 2,
    "profiles_profile": 1,
    "timelines_list": 2,
    "timelines_listmember": 2,
}
IN_DIRECTORY = {
    "account_emailaddress": 1,
    "allauth_idp_oidc_client": 1,
    "accounts_knownplace": 1,
    "accounts_user": 1,
}
NOBODY = {"counted": Counts(followers=0, following=0), "muted": 0, "listed": 0}


@pytest.mark.parametrize("times", [1, 2])
def test_a_whole_life_leaves_no_word_of_it_when_news_comes_so_many_times(times):
    with capture_logs() as lines:
        _live_and_be_erased(times)

    assert [line["event"] for line in lines].count("erasure_finished") == 1
    assert WORD not in str(lines).lower()


def _live_and_be_erased(times):
    life = live()
    near, far = life.others
    words = [WORD, WORD.title(), f"{WORD}@example.org"]
    assert {"a", "directory"} <= find_rows(words).keys()
    assert [bool(files_of(media_id)) for media_id in life.media] == [True] * 3

    receipt = close(life.person)
    planned = call("GET", f"/v1/me/deletion?receipt={receipt}").body
    assert erase(times=times) == 1

    until_replicated()
    assert find_rows([WORD, WORD.title()]) == {}
    assert find_in_redis(WORD, WORD.title()) is None
    assert [files_of(media_id) for media_id in life.media] == [[], [], []]
    left = find_leftovers(life.person.id)
    assert (left.rows, left.keys) == ({}, {})
    code, results = audit()
    assert (code, kinds(results)) == (0, set())
    assert _met(near) == _met(far) == NOBODY
    assert life.blocker.call("GET", "/v1/me/blocks").body["data"] == []
    assert call("GET", f"/v1/search/users?q={WORD}").body["data"] == []
    done = call("GET", f"/v1/me/deletion?receipt={receipt}").body
    assert (planned["state"], done["state"]) == ("planned", "erased")
    assert _went(done) == {"shard 3": ON_SHARD, "directory": IN_DIRECTORY}


def _met(other):
    """Return how many whom somebody has met are left: counted, muted and in their list."""
    lists = other.call("GET", "/v1/me/lists").body["data"]
    members = other.call("GET", f"/v1/me/lists/{lists[0]['id']}/members").body["data"]
    return {
        "counted": graph.map_counts([other.id])[other.id],
        "muted": len(other.call("GET", "/v1/me/mutes").body["data"]),
        "listed": len(members),
    }


def _went(deletion):
    """Return what a deletion says went, by place and table; how many keys there were, caches decide."""
    went = {
        each["place"]: {one["name"]: one["count"] for one in each["erased"]} for each in deletion["receipts"]
    }
    assert went.pop("redis").keys() == {"redis"}
    assert all(tables.pop("once") > 0 for tables in went.values())
    return went
