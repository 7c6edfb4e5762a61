"""Who may see a post: decided on the head of its card, and asked of nobody where all may."""

from __future__ import annotations

import pytest

from modules.graph.public import ensure_following, follow, viewer_of
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts.models import Post
from modules.posts.schemas import AUDIENCES, MENTIONED, Audience, NewPost, PostHead
from modules.posts.selectors.pages import list_posts
from modules.posts.selectors.visibility import allows, map_visible
from modules.posts.services.posts import publish_post
from modules.profiles.schemas import UserHead
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.people import NOON, Person, make_person, sign_up

pytestmark = pytest.mark.django_db


def publish(author: Person, audience: Audience, text: str = "Hi") -> int:
    return publish_post(author.id, NewPost(text=text, audience=audience), now=NOON, once=None).id


def seen_by(viewer: Person | None, *post_ids: int) -> list[int]:
    return list(map_visible(post_ids, viewer=viewer_of(viewer.id if viewer else None)).posts)


class TestWhoMaySeeIt:
    def test_is_whom_its_audience_names(self):
        author, follower, stranger = make_person(), make_person(), make_person()
        follow(follower.id, author.id)
        drain()
        public, followers, mentioned = (publish(author, name) for name in AUDIENCES)

        for _ in range(2):  # as rendered, and as cached
            assert seen_by(author, public, followers, mentioned) == [public, followers, mentioned]
            assert seen_by(follower, public, followers, mentioned) == [public, followers]
            assert seen_by(stranger, public, followers, mentioned) == [public]
            assert seen_by(None, public, followers, mentioned) == [public]

    def test_is_the_author_alone_of_an_audience_that_is_not_known(self):
        head = PostHead(7, MENTIONED + 1, 0, 0, 0, 0, 0, (8,))

        assert [allows(viewer_of(id), head, UserHead(1, False)) for id in (7, 8, None)] == [
            True,
            False,
            False,
        ]


class TestCost:
    def test_of_a_public_page_does_not_depend_on_who_looks(self):
        author, viewer = make_person(), make_person()
        ids = [publish(author, "public") for _ in range(5)]
        list_posts(ids, viewer=viewer_of(viewer.id))

        with count_queries() as queries, count_trips() as trips:
            list_posts(ids, viewer=viewer_of(viewer.id))

        assert (queries.total, trips.trips) == (0, 2)

    @pytest.mark.parametrize("many", [5, 40])
    def test_of_posts_for_followers_is_one_trip_more_for_any_number(self, many):
        authors, viewer = [make_person() for _ in range(4)], make_person()
        for author in authors:
            follow(viewer.id, author.id)
        ensure_following(viewer.id)
        ids = [publish(authors[n % 4], "followers") for n in range(many)]
        list_posts(ids, viewer=viewer_of(viewer.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_posts(ids, viewer=viewer_of(viewer.id))

        assert len(page.parse().data) == many
        assert (queries.total, trips.trips) == (0, 3)


class TestACodeOfALaterRelease:
    @pytest.mark.parametrize("column", ["audience", "reply_policy", "kind"])
    def test_hides_its_post_and_no_page(self, column):
        author = sign_up("ada")
        known, unknown = publish(author, "public"), publish(author, "public")
        with writing_for(author.id):
            Post.objects.of(author.id).filter(id=unknown).update(**{column: 99})
        redis("a").run(("FLUSHDB",))

        pages = [
            call("GET", path, as_=author)
            for path in (
                f"/v1/posts?ids={known},{unknown}",
                f"/v1/users/{author.id}/posts",
                "/v1/timelines/home",
            )
        ]

        assert [page.status for page in pages] == [200] * 3
        assert [[card["id"] for card in page.body["data"]] for page in pages] == [[str(known)]] * 3
        assert call("GET", f"/v1/posts/{unknown}", as_=author).body["code"] == "post_not_found"
