"""Whatever is killed while people follow, react and reply: in the end counts are rows, and sides agree."""

from __future__ import annotations

import random

import pytest
from django.db import connections

from modules.search.services.people import store_person
from tests.journeys.planted import ONE_OF_EACH
from tests.kit.audits import audit, kinds
from tests.kit.killing import KILLS, killed_again_and_again
from tests.kit.machines import until
from tests.kit.people import SHARDS, Person, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(500)]

SEED = 10
WRITES = 150
# Those who meet most, so that much is done and undone between the same.
NEIGHBORS = 8

UNREAD = "actor_count > 0 AND NOT is_read AND NOT is_removed"
# Of each count: its table and key, the count, and which rows it counts, by SQL that the product does not use.
COUNTED = {
    "followers": (
        "graph_followcount (user_id) followers",
        "graph_followin AS row WHERE row.user_id = count.user_id AND is_active AND NOT is_hidden",
    ),
    "following": (
        "graph_followcount (user_id) following",
        "graph_followout AS row WHERE row.user_id = count.user_id AND NOT is_requested AND NOT is_hidden",
    ),
    "requested": (
        "graph_followcount (user_id) requested",
        "graph_followout AS row WHERE row.user_id = count.user_id AND is_requested",
    ),
    "posts": (
        "posts_authorcount (author_id) posts",
        "posts_post AS row WHERE row.author_id = count.author_id AND deleted_at IS NULL",
    ),
    "bookmarks": (
        "posts_markcount (user_id) bookmarks",
        "posts_bookmark AS row WHERE row.user_id = count.user_id",
    ),
    "likes": (
        "posts_postcount (post_id) coalesce((reactions->>'like')::int, 0)",
        "posts_reactionin AS row WHERE row.post_id = count.post_id AND is_active",
    ),
    "replies": (
        "posts_postcount (post_id) replies",
        "posts_threadentry WHERE post_id = parent_id AND parent_id = count.post_id AND is_active",
    ),
    "reposts": (
        "posts_postcount (post_id) reposts",
        "posts_share AS row WHERE row.original_id = count.post_id AND kind = 1 AND is_active",
    ),
    "unread": (
        "notifications_inbox (user_id) unread",
        f"notifications_group WHERE user_id = count.user_id AND {UNREAD}",
    ),
    "actors": (
        "notifications_group (id) actor_count",
        "notifications_action WHERE user_id = count.user_id AND group_id = count.id AND is_counted",
    ),
    "quotes": (
        "posts_postcount (post_id) quotes",
        "posts_share AS row WHERE row.original_id = count.post_id AND kind = 2 AND is_active",
    ),
}


class Crowd:
    """People who do anything at all, whether they are let or not."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.posts = chance, [0]
        # Neighbors live on different shards.
        self.people = [sign_up(f"person{n}", shard=SHARDS[n % len(SHARDS)]) for n in range(NEIGHBORS)]
        for person in self.people:  # the kit makes them without the news of it
            store_person(person.id, once=None)

    def act(self) -> None:
        method, path, body = self._choose()
        actor = self._person()
        headers = {"If_Match": "*"} if path == "/v1/me" else {}
        answer = actor.call(method, path, body, **headers)
        assert answer.status < 500, answer
        if answer.status == 201:
            self.posts.append(int(answer.body["id"]))

    def _choose(self) -> tuple[str, str, object]:
        chance, other = self.chance, self._person().id
        post = chance.choice(self.posts[-12:])
        about: list[tuple[int, list[str], str, object]] = [
            (5, ["PUT", "PUT", "DELETE"], f"/v1/me/following/{other}", None),
            (1, ["PUT", "DELETE"], f"/v1/me/blocks/{other}", None),
            (1, ["PUT", "DELETE"], f"/v1/me/follow-requests/{other}", None),
            (1, ["DELETE"], f"/v1/me/followers/{other}", None),
            (1, ["PATCH"], "/v1/me", {"is_private": chance.random() < 0.5}),
            (3, ["POST"], "/v1/posts", {"text": "Hi #there"}),
            (2, ["POST"], "/v1/posts", {"text": "Hi", "reply_to": str(post)}),
            (1, ["POST"], "/v1/posts", {"text": "Hi", "quote_of": str(post)}),
            (4, ["PUT", "PUT", "DELETE"], f"/v1/posts/{post}/reactions/like", None),
            (2, ["PUT", "DELETE"], f"/v1/posts/{post}/repost", None),
            (1, ["PUT", "DELETE"], f"/v1/me/bookmarks/{post}", None),
            (1, ["DELETE"], f"/v1/posts/{post}", None),
        ]
        [(_, methods, path, body)] = chance.choices(about, [weight for weight, *_ in about])
        return chance.choice(methods), path, body

    def _person(self) -> Person:
        return self.chance.choice(self.people)


def miscounted() -> list[tuple[str, int, int, int]]:
    """Return where a count is not the number of its rows: its name, whose it is, the count, the rows."""
    found = []
    for alias in ("a", "b"):
        for name, (what, rows) in COUNTED.items():
            table, key, count = what.split(" ", 2)
            query = f"SELECT {key[1:-1]}, {count}, (SELECT count(*) FROM {rows}) FROM {table} AS count"
            with connections[alias].cursor() as cursor:
                cursor.execute(query)
                found += [(name, *row) for row in cursor.fetchall() if row[1] != row[2]]
    return found


def plant(statement: str) -> bool:
    """Spoil one row on the first instance that has one, or in the directory, and return whether any has."""
    for alias in ("default",) if " search_" in statement else ("a", "b"):
        with connections[alias].cursor() as cursor:
            cursor.execute(statement)
            if cursor.rowcount:
                return True
    return False


def test_counts_are_rows_after_a_history_of_kills_and_each_audit_finds_what_is_planted(
    machines_of_module, delivering
):
    crowd = Crowd(random.Random(SEED))
    with killed_again_and_again(delivering, seed=SEED) as killers:
        for _ in range(WRITES):
            crowd.act()
        until(lambda: all(killer.is_done for killer in killers), within=120)
        assert [killer.kills for killer in killers] == [KILLS, KILLS]
        until(machines_of_module.outbox_is_empty, within=240)

        code, results = audit()
        assert (code, kinds(results), miscounted()) == (0, set(), [])
        # Of files nothing is looked at that is as young as this (test_file_audits.py of media and exports).
        of_files = {"media.files", "media.rows", "exports.files", "exports.rows"}
        # Nobody here wants digests (tests/mailings).
        elsewhere = of_files | {"profiles.profiles", "mailings.wishes"}
        assert ONE_OF_EACH.keys() | elsewhere == results.keys()

        for name, statement in ONE_OF_EACH.items():
            assert plant(statement), f"There is nothing of which {name} could be spoilt."
        assert {name for name, *_ in kinds(audit()[1])} == ONE_OF_EACH.keys()

        for _ in range(2):  # once the sides, and then what was counted of them
            audit("--repair")
            until(machines_of_module.outbox_is_empty)
        assert (kinds(audit()[1]), miscounted()) == (set(), [])
