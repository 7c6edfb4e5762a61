"""Replies and shares agree with what stands under posts; what was planted is named, and mended by news."""

from __future__ import annotations

import pytest

from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.redis.servers import redis
from modules.posts.selectors.pages import list_posts
from modules.search.services.people import rebuild_people
from tests.kit.audits import audit, kinds, run_sql
from tests.kit.delivery import drain
from tests.kit.people import make_person
from tests.kit.posts import publish, quote, reply, repost

pytestmark = pytest.mark.django_db


class TestLinkAudits:
    """Of a reply under its root and its parent, a repost and a quote, all over instances."""

    @pytest.fixture
    def posts(self) -> dict[str, int]:
        ada, vera, grace = (make_person(shard=shard) for shard in (3, 4, 4000))
        root = publish(ada)
        first = reply(grace, root)
        posts = {
            "root": root,
            "first": first,
            "second": reply(vera, first),
            "repost": repost(grace, root),
            "quote": quote(grace, root),
        }
        drain()
        return posts

    def test_finds_nothing_where_all_agrees(self, posts):
        rebuild_people()  # whom the kit makes without the news of it
        code, results = audit()

        assert code == 0
        assert {name: results[f"posts.{name}"]["owners"] for name in ("links", "link_mirrors")} == {
            "links": 3,
            "link_mirrors": 2,
        }

    @pytest.mark.parametrize(
        ("alias", "statement", "names", "found"),
        [
            (
                "a",
                "DELETE FROM posts_threadentry WHERE post_id = %s AND reply_id = %s",
                "root second",
                "links",
            ),
            (
                "b",
                "DELETE FROM posts_threadentry WHERE post_id = %s AND reply_id = %s",
                "first second",
                "links",
            ),
            ("a", "DELETE FROM posts_share WHERE original_id = %s AND post_id = %s", "root repost", "links"),
            (
                "a",
                "UPDATE posts_share SET is_active = false WHERE original_id = %s AND post_id = %s",
                "root quote",
                "links",
            ),
            ("b", "DELETE FROM posts_post WHERE id = %s", "first", "link_mirrors"),
            ("b", "DELETE FROM posts_post WHERE id = %s", "quote", "link_mirrors"),
            ("a", "UPDATE posts_postcount SET quotes = 7 WHERE post_id = %s", "root", "link_counts"),
            ("b", "UPDATE posts_postcount SET replies = 0 WHERE post_id = %s", "first", "link_counts"),
        ],
    )
    def test_names_what_was_planted_and_mends_it(self, posts, alias, statement, names, found):
        run_sql(alias, statement, *[posts[name] for name in names.split()])

        code, results = audit()
        assert code == 1
        assert f"posts.{found}" in {name for name, *_ in kinds(results)}

        for _ in range(2):  # once the sides, and then what was counted of them
            audit("--repair")
            drain()
        assert kinds(audit()[1]) == set()

    def test_shows_a_count_that_was_mended_at_once(self, posts):
        def quotes() -> int:
            return (
                list_posts([posts["root"]], viewer=PUBLIC_VIEWER).parse().state[posts["root"]].counts.quotes
            )

        run_sql("a", "UPDATE posts_postcount SET quotes = 7 WHERE post_id = %s", posts["root"])
        redis("a").run(("DEL", f"postcount:{posts['root']}"))
        assert quotes() == 7

        audit("--repair", "--only", "posts.link_counts")

        assert quotes() == 1
