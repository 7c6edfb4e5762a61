"""`shards audit`: what is written twice agrees; what was planted is named, and mended by news."""

from __future__ import annotations

import io
from itertools import permutations

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from modules.accounts.public import request_deletion
from modules.graph.models import FollowCount, FollowIn
from modules.graph.public import follow, unfollow
from modules.graph.selectors import far_ends
from sharding.tasks import audit_sample
from tests.journeys import planted
from tests.kit.audits import audit, kinds, run_sql
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person, make_newcomer
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


def followers(person: Person) -> list[int]:
    """Return who follows a person, by the mirror."""
    rows = FollowIn.objects.of(person.id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("follower_id", flat=True))


def counts(person: Person) -> tuple[int, int]:
    """Return (followers, following)."""
    row = FollowCount.objects.of(person.id).on_primary().get()
    return row.followers, row.following


@pytest.fixture
def people() -> list[Person]:
    """Two on `a` and one on `b`, who all follow each other, and of whom the first has written twice."""
    made = [make_newcomer(name, shard=shard) for name, shard in (("ada", 3), ("vera", 4), ("grace", 4000))]
    for one, other in permutations(made, 2):
        follow(one.id, other.id)
    for text in ("one", "two"):
        publish(made[0], text)
    drain()
    return made


class TestAudit:
    def test_finds_nothing_where_all_agrees_and_says_how_many_it_looked_at(self, people):
        code, results = audit()

        assert code == 0
        assert results == {
            name: {"owners": owners, "differences": [], "repaired": 0}
            for name, owners in {
                "exports.files": 0,
                "exports.rows": 0,
                "graph.blocks": 3,
                "graph.counts": 3,
                "graph.followers": 3,
                "graph.following": 3,
                "graph.statuses": 3,
                "mailings.wishes": 3,
                "media.files": 0,
                "media.rows": 0,
                "notifications.counts": 3,
                "posts.bookmark_counts": 0,
                "posts.counts": 1,
                "posts.link_counts": 0,
                "posts.link_mirrors": 0,
                "posts.links": 1,
                "posts.reaction_counts": 0,
                "posts.reactions": 0,
                "posts.reactions_received": 0,
                "posts.tag_counts": 0,
                "posts.tag_lists": 0,
                "posts.tags": 1,
                "profiles.accounts": 3,
                "profiles.profiles": 3,
                "search.people": 3,
            }.items()
        }

    def test_leaves_out_what_news_under_way_will_settle(self, people):
        ada, vera, grace = people
        unfollow(ada.id, grace.id)
        unfollow(grace.id, vera.id)
        request_deletion(vera.id, confirm=vera.username, now=NOON)
        make_newcomer("joan", shard=4001)

        assert audit()[0] == 0

    def test_reads_whoever_has_many_edges_by_pages(self, people, monkeypatch):
        monkeypatch.setattr(far_ends, "PART", 1)
        ada, _, grace = people
        run_sql("b", "DELETE FROM graph_followin WHERE user_id = %s AND follower_id = %s", grace.id, ada.id)
        run_sql(
            "a", "DELETE FROM graph_followout WHERE user_id = %s AND target_id = %s", ada.id, people[1].id
        )

        found = kinds(audit("--only", "graph.following", "--only", "graph.followers")[1])

        assert found == {
            ("graph.following", "mirror_differs", ada.id, grace.id),
            ("graph.followers", "mirror_without_edge", people[1].id, ada.id),
        }

    @pytest.mark.parametrize(("chance", "owners"), [(min, 2), (max, 1)])
    def test_of_a_sample_takes_neighbors_from_wherever_it_begins(self, people, monkeypatch, chance, owners):
        monkeypatch.setattr("random.randrange", lambda low, high: chance(low, high - 1))

        code, results = audit("--sample", "2", "--only", "graph.counts")

        assert (code, results["graph.counts"]["owners"]) == (0, owners)

    def test_says_of_which_audits_a_database_is_away_and_goes_on_with_the_others(self, people, stack):
        stack.kill("default")

        code, results = audit("--only", "graph.counts", "--only", "graph.statuses")

        assert code == 1
        assert results["graph.counts"] == {"owners": 3, "differences": [], "repaired": 0}
        assert "error" in results["graph.statuses"]

    def test_refuses_an_audit_that_there_is_not(self):
        with pytest.raises(
            CommandError,
            match=r"There is no audit 'graph\.posts': it is one of exports\.files, exports\.rows, ",
        ):
            call_command("shards", "audit", "--only", "graph.posts")

    def test_of_the_night_tells_the_log_and_changes_nothing(self, people):
        run_sql("a", "UPDATE posts_authorcount SET posts = 5 WHERE author_id = %s", people[0].id)

        with capture_logs() as lines:
            audit_sample()

        assert [(line["event"], line["audit"], line["known"]) for line in lines] == [
            ("audit_difference", "posts.counts", [5, 2])
        ]
        assert audit("--only", "posts.counts")[0] == 1

    def test_of_the_night_tells_an_outage_as_one(self, people, stack):
        stack.kill("default")

        with capture_logs() as lines:
            audit_sample()

        assert {line["instance"] for line in lines if line["event"] == "outage"} == {"directory"}


class TestRepair:
    @pytest.mark.parametrize(
        ("plant", "name", "kind", "owner", "other"),
        [
            (planted.lose_the_mirror, "graph.following", "mirror_differs", 0, 2),
            (planted.end_the_mirror_later, "graph.following", "mirror_differs", 0, 2),
            (planted.lose_the_edge, "graph.followers", "mirror_without_edge", 2, 0),
            (planted.hide_at_the_followee, "graph.followers", "status_of_other_differs", 2, 0),
            (planted.hide_at_the_follower, "graph.following", "status_of_other_differs", 0, 2),
            (planted.lose_the_mirror_of_a_block, "graph.blocks", "block_mirror_differs", 0, 2),
            (planted.end_the_mirror_of_a_block_later, "graph.blocks", "block_mirror_differs", 0, 2),
            (planted.lose_a_block, "graph.blocks", "mirror_without_block", 2, 0),
            (planted.follow_in_spite_of_a_block, "graph.blocks", "follow_beside_block", 0, 2),
            (planted.miscount, "graph.counts", "counts_differ", 2, None),
            (planted.miscount_requests, "graph.counts", "counts_differ", 0, None),
            (planted.lose_the_consent, "graph.following", "accepted_edge_waits", 0, 2),
            (planted.forget_the_consent, "graph.following", "mirror_differs", 0, 2),
            (planted.lose_the_refusal, "graph.following", "refused_edge_stands", 0, 2),
            (planted.lose_the_request, "graph.followers", "mirror_without_edge", 2, 0),
            (planted.miscount_posts, "posts.counts", "counts_differ", 0, None),
            (planted.think_closed, "graph.statuses", "status_differs", 2, None),
            (planted.lose_the_profile, "profiles.accounts", "profile_missing", 2, None),
            (planted.hide_the_profile, "profiles.accounts", "status_differs", 2, None),
        ],
    )
    def test_mends_what_it_names(self, people, plant: planted.Plant, name, kind, owner, other):
        plant(people[0], people[2])

        code, found = audit()
        assert code == 1
        assert (name, kind, people[owner].id, 0 if other is None else people[other].id) in kinds(found)

        assert audit("--repair")[0] == 0
        drain()
        assert kinds(audit()[1]) == set()

    def test_follows_the_side_of_the_follower(self, people):
        ada, vera, grace = people
        planted.end_the_mirror_later(ada, grace)
        planted.lose_the_edge(ada, vera)

        audit("--repair")
        drain()

        assert followers(grace) == sorted([ada.id, vera.id])
        assert followers(vera) == [grace.id]
        assert [counts(person) for person in people] == [(2, 1), (1, 2), (2, 2)]

    def test_brings_back_nobody_who_was_removed_and_loses_nobody_who_was_accepted(self, people):
        ada, vera, grace = people
        planted.lose_the_refusal(ada, grace)
        planted.forget_the_consent(vera, grace)

        audit("--repair")
        drain()

        assert followers(grace) == [vera.id]
        assert [counts(person) for person in people] == [(2, 1), (2, 2), (1, 2)]

    def test_leaves_alone_what_no_program_can_decide(self, people):
        run_sql("b", "UPDATE profiles_profile SET username = 'other' WHERE user_id = %s", people[2].id)

        code, results = audit("--repair", "--only", "profiles.accounts")

        assert (code, results["profiles.accounts"]["repaired"]) == (1, 0)
        assert kinds(results) == {("profiles.accounts", "username_differs", people[2].id, 0)}

    def test_prints_what_it_found_and_did(self, people):
        planted.miscount(people[0], people[2])
        out = io.StringIO()

        call_command("shards", "audit", "--repair", "--only", "graph.counts", stdout=out)

        assert out.getvalue().splitlines() == [
            f"    graph.counts: counts_differ: {people[2].id} (9 2 2 2 0 0)",
            "ok  graph.counts         3 owners, 1 counts_differ, 1 repaired",
        ]
