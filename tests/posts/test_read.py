"""Reading posts: one, many by id, and a user's own list."""

import pytest

from modules.graph.public import UserNotFound, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.posts.errors import PostNotFound
from modules.posts.models import Post
from modules.posts.schemas import REPOST, PastPost
from modules.posts.selectors.cards import POSTS
from modules.posts.selectors.pages import get_post, list_posts, list_user_posts
from modules.posts.services.posts import delete_post
from sharding.scope import require_binding, writing_for
from sharding.testing import count_queries
from tests.kit.delivery import until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads, ids_of, on
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past, quote, reply, repost

pytestmark = pytest.mark.django_db

END = 2**63 - 1


class TestGetPost:
    def test_gives_the_card_with_its_author(self):
        author = make_person("ada")
        post_id = publish(author, "Hi")

        answer = call("GET", f"/v1/posts/{post_id}")

        assert answer.status == 200
        assert answer.body["data"] == {
            "id": str(post_id),
            "author_id": str(author.id),
            "kind": "post",
            "text": "Hi",
            "entities": [],
            "media_ids": [],
            "audience": "public",
            "reply_policy": "everyone",
            "reply_to": None,
            "root_id": None,
            "original": None,
            "custom": {},
            "published_at": "2026-11-24T12:00:00.000000Z",
            "edited_at": None,
        }
        assert answer.body["included"]["users"][str(author.id)]["username"] == "ada"
        counts = {"replies": 0, "reposts": 0, "quotes": 0, "reactions": {}}
        assert answer.body["state"] == {str(post_id): {"counts": counts}}

    def test_refuses_what_is_not_there(self):
        with pytest.raises(PostNotFound):
            get_post(2**62, viewer=PUBLIC_VIEWER)

    @pytest.mark.parametrize("path", ["0", "-1", "abc", "9223372036854775808", "01", "1.0", "%00"])
    def test_knows_no_post_by_a_name_that_is_no_id(self, path):
        assert call("GET", f"/v1/posts/{path}").status == 404

    @pytest.mark.parametrize("is_known", [True, False])
    def test_costs_two_round_trips_and_no_query_once_it_was_read(self, is_known):
        post_id, reader_id = publish(make_person()), make_person().id if is_known else None
        get_post(post_id, viewer=viewer_of(reader_id))

        with count_queries() as queries, count_trips() as trips:
            get_post(post_id, viewer=viewer_of(reader_id))

        assert (queries.total, trips.trips) == (0, 2)


class TestListPosts:
    def test_keeps_the_order_and_names_what_is_missing(self):
        first, second = publish(make_person(), "one"), publish(make_person(), "two")

        answer = call("GET", f"/v1/posts?ids={second},77,{first}")

        assert answer.texts == ["two", "one"]
        assert answer.body["missing"] == ["77"]
        assert len(answer.body["included"]["users"]) == 2

    @pytest.mark.parametrize(
        "query",
        ["", "?ids=", "?ids=abc", "?ids=1,,2", "?ids=-1", "?ids=1&ids=2", "?ids=%00", "?x=1", "?ids=1&x=1"],
    )
    def test_refuses_a_query_it_does_not_know(self, query):
        assert call("GET", f"/v1/posts{query}").status == 400

    def test_refuses_more_than_a_hundred(self):
        ids = ",".join(str(n) for n in range(1, 102))

        assert call("GET", f"/v1/posts?ids={ids}").status == 400

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_the_same_for_any_number(self, many):
        authors = [make_person() for _ in range(6)]
        ids = [publish(authors[n % 6]) for n in range(many)]
        reader = make_person()
        redis("a").run(("FLUSHDB",))

        with count_queries() as cold:
            list_posts(ids, viewer=viewer_of(reader.id))
        with count_queries() as warm, count_trips() as trips:
            list_posts(ids, viewer=viewer_of(reader.id))

        # The reader's exceptions and own marks; posts, counts and profiles, one read each of every instance.
        assert count_reads(cold) == 8
        assert (warm.total, trips.trips) == (0, 2)


class TestCards:
    def test_survives_redis(self, stack):
        author = make_person()
        post_id = publish(author, "Hi")
        before = POSTS.get_many([post_id])
        stack.stop_redis()

        assert POSTS.get_many([post_id]) == before

    def test_leaves_out_what_was_deleted(self):
        author = make_person()
        kept, deleted = publish(author), publish(author)
        POSTS.get_many([kept, deleted])

        delete_post(author.id, deleted, now=NOON)

        assert list(POSTS.get_many([deleted, kept])) == [kept]

    def test_are_rendered_from_the_primary(self):
        # A replica may not know yet that the author has kept somebody out, and what is kept is kept for all.
        post_id = publish(make_person(shard=7))

        with count_queries() as queries:
            POSTS.get_many([post_id])

        assert {alias: n for alias, n in queries.by_alias.items() if n} == {"a": 1}


class TestListUserPosts:
    def test_pages_from_the_newest_to_the_first(self):
        author = sign_up("ada")
        ids = publish_past(author, *range(1, 8))
        seen, path = [], f"/v1/users/{author.id}/posts?limit=3"

        while path:
            page = call("GET", path).body
            seen.append([int(card["id"]) for card in page["data"]])
            path = page["next"] and f"/v1/users/{author.id}/posts?limit=3&cursor={page['next']}"

        assert seen == [ids[6:3:-1], ids[3:0:-1], ids[:1]]

    def test_goes_back_to_what_is_newer(self):
        author = make_person()
        ids = publish_past(author, *range(1, 6))
        first = list_user_posts(author.id, Paging.first(2), viewer=PUBLIC_VIEWER)
        second = list_user_posts(author.id, on(Paging.first(2), first.next), viewer=PUBLIC_VIEWER)

        newer = list_user_posts(author.id, on(Paging.first(2), second.prev), viewer=PUBLIC_VIEWER)

        assert ids_of(newer) == ids[:2:-1]

    def test_stays_in_place_while_posts_come_and_go(self):
        author = make_person()
        ids = publish_past(author, 1, 2, 3, 4)
        page = list_user_posts(author.id, Paging.first(2), viewer=PUBLIC_VIEWER)
        publish(author)
        delete_post(author.id, ids[2], now=NOON)

        rest = list_user_posts(author.id, on(Paging.first(2), page.next), viewer=PUBLIC_VIEWER)

        assert ids_of(rest) == [ids[1], ids[0]]
        assert rest.next is None

    def test_knows_an_author_without_posts(self):
        page = list_user_posts(make_person().id, Paging.first(), viewer=PUBLIC_VIEWER)

        assert (page.parse().data, page.next, page.prev) == ([], None, None)

    def test_refuses_a_stranger(self):
        with pytest.raises(UserNotFound):
            list_user_posts(2**62, Paging.first(), viewer=PUBLIC_VIEWER)

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=101", "limit=abc", "cursor=abc", "cursor=", "offset=1"]
    )
    def test_refuses_a_query_it_does_not_know(self, query):
        author = make_person()

        assert call("GET", f"/v1/users/{author.id}/posts?{query}").status == 400

    def test_refuses_the_cursor_of_another_list(self):
        authors = [make_person(), make_person()]
        for author in authors:
            publish_past(author, 1, 2)
        cursor = call("GET", f"/v1/users/{authors[0].id}/posts?limit=1").body["next"]

        answer = call("GET", f"/v1/users/{authors[1].id}/posts?limit=1&cursor={cursor}")

        assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_and_one_round_trip_at_any_length(self, many):
        author, reader = make_person(), make_person()
        publish_past(author, *range(1, 51))
        list_user_posts(author.id, Paging.first(many), viewer=viewer_of(reader.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_user_posts(author.id, Paging.first(many), viewer=viewer_of(reader.id))

        assert len(page.parse().data) == many
        assert (count_reads(queries), trips.trips) == (1, 1)


class TestChoicesOfUserPosts:
    """Of what an author wrote and passed on: what a profile shows is chosen, and each choice has an index."""

    INDEXES = {
        "": "posts_post_newest_own",
        "replies": "posts_post_newest_no_reposts",
        "reposts": "posts_post_newest_no_replies",
        "replies,reposts": "posts_post_newest",
    }

    def test_are_posts_and_quotes_and_what_else_is_asked_for(self):
        author, other = make_person(), make_person()
        theirs = publish(other)
        own, answer, passed_on, quoting = (
            publish(author),
            reply(author, theirs),
            repost(author, theirs),
            quote(author, theirs),
        )
        path = f"/v1/users/{author.id}/posts"

        def ids(query: str) -> list[int]:
            return [int(card["id"]) for card in call("GET", path + query).body["data"]]

        assert ids("") == [quoting, own]
        assert ids("?include=replies") == [quoting, answer, own]
        assert ids("?include=reposts") == [quoting, passed_on, own]
        for both in ("replies,reposts", "reposts,replies"):
            assert ids(f"?include={both}") == [quoting, passed_on, answer, own]
        assert call("GET", f"{path}?include=likes").status == 400

    def test_have_cursors_of_their_own(self):
        author = make_person()
        publish_past(author, 1, 2)
        path = f"/v1/users/{author.id}/posts?limit=1"
        cursor = call("GET", f"{path}&include=replies").body["next"]

        assert call("GET", f"{path}&include=replies&cursor={cursor}").status == 200
        assert call("GET", f"{path}&cursor={cursor}").body["code"] == "cursor_invalid"

    @pytest.mark.parametrize(("include", "index"), INDEXES.items())
    def test_cost_one_read_of_an_index_whatever_else_there_is(self, include, index):
        author, other = make_person(shard=3), make_person(shard=3)
        publish_past(author, *range(1, 5))
        with writing_for(author.id), require_binding().connection.cursor() as cursor:
            for person, many in ((author, 400), (other, 4000)):
                cursor.execute(
                    "INSERT INTO posts_post (id, author_id, text, published_at, version, kind, reply_to_id)"
                    " SELECT id, %s, '', now(), 1, n %% 2, nullif(n %% 4, n %% 2)"
                    " FROM next_ids(3, %s) WITH ORDINALITY AS made (id, n)",
                    [person.id, many],
                )
            cursor.execute("ANALYZE posts_post")
        until_replicated()

        with count_queries() as queries:
            list_user_posts(author.id, Paging.first(2), include=include.split(","), viewer=PUBLIC_VIEWER)

        [statement] = [sql for _, sql in queries.statements if '"posts_post"."id"' in sql and "LIMIT" in sql]
        with writing_for(author.id), require_binding().connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}", [author.id, REPOST][: statement.count("%s")])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert f"using {index} on" in plan
        assert "Sort" not in plan


class TestListNewestIds:
    def test_merges_authors_of_all_instances_by_id(self):
        authors = [make_person() for _ in range(6)]
        made = sorted(
            id for n, author in enumerate(authors) for id in publish_past(author, n + 1, n + 11, n + 21)
        )

        newest = posts.list_newest_ids([author.id for author in authors], before=made[-1], limit=7)

        assert [key.post_id for key in newest] == made[-2:-9:-1]

        above = posts.list_next_ids([author.id for author in authors], after=made[0], limit=7)

        assert [key.post_id for key in above] == made[1:8]

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 8, 13, 40])
    def test_finds_the_same_as_sorting_everything(self, limit):
        busy, slow, silent = make_person(), make_person(shard=0), make_person(shard=0)
        other = make_person(shard=0)
        made = {
            id: author.id
            for author, moments in [(busy, range(1, 30, 2)), (slow, (2, 50)), (other, range(3, 60, 7))]
            for id in publish_past(author, *moments)
        }

        newest = posts.list_newest_ids([busy.id, slow.id, silent.id, other.id], before=END, limit=limit)

        assert [tuple(key) for key in newest] == sorted(made.items(), reverse=True)[:limit]

        above = posts.list_next_ids([busy.id, slow.id, silent.id, other.id], after=0, limit=limit)

        assert [tuple(key) for key in above] == sorted(made.items())[:limit]

    def test_leaves_out_what_was_deleted(self):
        author = make_person()
        ids = publish_past(author, 1, 2, 3)
        delete_post(author.id, ids[2], now=NOON)

        newest = posts.list_newest_ids([author.id], before=END, limit=2)

        assert [key.post_id for key in newest] == [ids[1], ids[0]]
        assert [key.post_id for key in posts.list_next_ids([author.id], after=ids[0], limit=9)] == [ids[1]]

    def test_costs_one_query_per_instance(self):
        authors = [make_person() for _ in range(6)]

        with count_queries() as queries:
            posts.list_newest_ids([author.id for author in authors], before=END, limit=9, on_primary=True)

        assert {alias: n for alias, n in queries.by_alias.items() if n} == {"a": 1, "b": 1}


class TestCreatePostsInBulk:
    def test_counts_what_it_makes_and_makes_it_once(self):
        authors = [make_person(), make_person(shard=0), make_person(shard=0)]

        for _ in range(2):
            for author in authors:
                publish_past(author, 1, 2, 3)

        assert posts.map_counts([author.id for author in authors]) == {author.id: 3 for author in authors}
        assert Post.objects.of(authors[0].id).count() == 3

    def test_keeps_audience_custom_data_and_who_may_reply(self):
        author = make_person()
        past = PastPost(
            author.id, "Hi", NOON, 0, audience="followers", custom={"a": 1}, reply_policy="nobody"
        )

        posts.create_posts_in_bulk([past])

        [card] = list_user_posts(author.id, Paging.first(), viewer=viewer_of(author.id)).parse().data
        assert (card.text, card.published_at, card.entities, card.edited_at) == ("Hi", NOON, [], None)
        assert (card.audience, card.custom, card.reply_policy) == ("followers", {"a": 1}, "nobody")

    def test_refuses_to_lose_one_of_two_posts_of_one_id(self):
        authors = [make_person(shard=0), make_person(shard=0)]
        past = [PastPost(author.id, "Hi", NOON, 0) for author in authors]

        with pytest.raises(ValueError, match="millisecond"):
            posts.create_posts_in_bulk(past)

        assert posts.map_counts([author.id for author in authors]) == {}
