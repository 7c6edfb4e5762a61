"""Editing: everybody's next request shows the new body, and the old ones are kept for whom the post is."""

from __future__ import annotations

from typing import Any

import pytest

from modules.accounts.public import suspend_account
from modules.graph.public import follow, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.errors import Stale
from modules.kernel.redis.client import RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from modules.posts.errors import NotYourPost, PostNotFound
from modules.posts.models import Post, PostRevision
from modules.posts.schemas import EditPost, NewPost
from modules.posts.selectors.cards import POSTS
from modules.posts.selectors.pages import get_post
from modules.posts.selectors.revisions import list_revisions
from modules.posts.services.edits import edit_post, renew_card
from modules.posts.services.posts import delete_post, publish_post
from sharding.testing import count_queries
from tests.kit.delivery import announced, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


def edit(author: Person, post_id: int, **changes: Any) -> None:
    edit_post(author.id, post_id, EditPost(**changes), now=NOON)


def texts_before(post_id: int) -> list[str]:
    until_replicated()
    return [each.text for each in list_revisions(post_id, Paging.first(), viewer=PUBLIC_VIEWER).data]


class TestEditPost:
    def test_shows_the_new_body_and_keeps_its_place(self):
        author = sign_up("ada")
        first = publish(author, "one")
        publish(author, "two")
        before = call("GET", f"/v1/posts/{first}").body["data"]

        answer = call("PATCH", f"/v1/posts/{first}", {"text": "#uno", "custom": {"n": 1}}, as_=author)

        assert answer.status == 200
        assert answer.body == call("GET", f"/v1/posts/{first}").body
        card = answer.body["data"]
        assert (card["text"], card["custom"], card["entities"][0]["tag"]) == ("#uno", {"n": 1}, "uno")
        assert card["edited_at"] is not None
        assert card["published_at"] == before["published_at"]
        assert call("GET", f"/v1/users/{author.id}/posts").texts == ["two", "#uno"]
        assert call("GET", "/v1/timelines/home", as_=author).texts == ["two", "#uno"]

    def test_keeps_what_it_said_before_and_announces_it_once(self):
        ada, author = make_person("ada"), make_person()
        post_id = publish(author, "one")

        edit(author, post_id, text="two @ada")
        edit(author, post_id, text="three @ada")

        row = Post.objects.of(author.id).on_primary().get(id=post_id)
        assert (row.text, row.version, row.edited_at) == ("three @ada", 3, NOON)
        assert texts_before(post_id) == ["two @ada", "one"]
        same = {"post_id": post_id, "author_id": author.id, "audience": 0, "former_audience": 0}
        assert announced("posts.post_edited.v1") == [
            {**same, "version": 2, "mentioned_ids": [ada.id]},
            {**same, "version": 3, "mentioned_ids": []},
        ]

    @pytest.mark.parametrize("changes", [{}, {"text": "Hello"}, {"audience": "public", "custom": {}}])
    def test_does_nothing_where_nothing_changes(self, changes):
        author = make_person()
        post_id = publish(author, "Hello")

        edit(author, post_id, **changes)

        row = Post.objects.of(author.id).on_primary().get(id=post_id)
        assert (row.version, row.edited_at) == (1, None)
        assert (texts_before(post_id), announced("posts.post_edited.v1")) == ([], [])

    def test_of_the_audience_alone_is_no_new_body(self):
        author = make_person()
        post_id = publish(author)

        edit(author, post_id, audience="followers", reply_policy="nobody")

        row = Post.objects.of(author.id).on_primary().get(id=post_id)
        assert (row.version, row.audience, row.reply_policy, row.edited_at) == (2, 1, 3, None)
        assert PostRevision.objects.of(author.id).on_primary().count() == 0

    def test_mentions_whom_it_mentioned_whatever_became_of_their_name(self):
        ada, author = make_person("ada"), make_person()
        post_id = publish(author, "Hi @ada")
        suspend_account(ada.id, now=NOON)

        edit(author, post_id, text="Hello @ada")

        card = get_post(post_id, viewer=PUBLIC_VIEWER).parse().data
        assert [(each.user_id, each.codepoint_start) for each in card.entities] == [(ada.id, 6)]

    def test_keeps_the_newest_fifty(self):
        author = make_person()
        post_id = publish(author, "0")

        for n in range(1, 54):
            edit(author, post_id, text=str(n))

        kept = PostRevision.objects.of(author.id).on_primary().order_by("version")
        assert list(kept.values_list("text", flat=True)) == [str(n) for n in range(3, 53)]

    @pytest.mark.parametrize("shard", [7, 8])
    def test_refuses_somebody_elses(self, shard):
        author, other = make_person(shard=7), make_person(shard=shard)
        shown = publish(author)
        hidden = publish_post(author.id, NewPost(text="Hi", audience="followers"), now=NOON, once=None).id

        with pytest.raises(NotYourPost):
            edit(other, shown, text="Ho")
        for absent in (hidden, 2**62):
            with pytest.raises(PostNotFound):
                edit(other, absent, text="Ho")

        assert announced("posts.post_edited.v1") == []

    def test_refuses_what_was_deleted(self):
        author = make_person()
        post_id = publish(author, "one")
        edit(author, post_id, text="two")
        delete_post(author.id, post_id, now=NOON)

        with pytest.raises(PostNotFound):
            edit(author, post_id, text="three")
        with pytest.raises(PostNotFound):
            list_revisions(post_id, Paging.first(), viewer=viewer_of(author.id))

    def test_is_not_done_over_what_the_caller_has_not_seen(self):
        author = make_person()
        post_id = publish(author)
        edit(author, post_id, text="two")

        with pytest.raises(Stale):
            edit_post(author.id, post_id, EditPost(text="three"), now=NOON, seen={1})
        edit_post(author.id, post_id, EditPost(text="three"), now=NOON, seen={1, 2})

        assert texts_before(post_id) == ["two", "Hello"]


class TestEditingOverHttp:
    def test_takes_the_etag_of_a_read_or_none(self):
        author = sign_up("ada")
        post_id = publish(author)
        path = f"/v1/posts/{post_id}"
        etag = call("GET", path).headers["ETag"]

        first = call("PATCH", path, {"text": "two"}, as_=author, If_Match=etag)
        second = call("PATCH", path, {"text": "three"}, as_=author, If_Match=etag)
        third = call("PATCH", path, {"text": "three"}, as_=author)

        assert [each.status for each in (first, second, third)] == [200, 412, 200]
        assert third.headers["ETag"] == call("GET", path).headers["ETag"] != etag

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"text": ""}, "/text"),
            ({"text": None}, "/text"),
            ({"audience": None}, "/audience"),
            ({"published_at": "2020-01-01T00:00:00Z"}, "/published_at"),
            ({"text": "@ada " * 21}, "/text"),
        ],
    )
    def test_refuses_what_is_no_edit(self, body, pointer):
        author = sign_up("ada")
        post_id = publish(author)

        answer = call("PATCH", f"/v1/posts/{post_id}", body, as_=author)

        assert answer.status in (400, 422)
        assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
        assert Post.objects.of(author.id).on_primary().get(id=post_id).version == 1


class TestRenewCard:
    def test_renews_one_that_survived_its_edit(self):
        author = make_person()
        post_id = publish(author, "one")
        POSTS.get_many([post_id])
        (old,) = redis("a").run(("GET", f"post:{post_id}"))
        edit(author, post_id, text="two")
        redis("a").run(("SET", f"post:{post_id}", old))  # as if Redis had been away
        assert get_post(post_id, viewer=PUBLIC_VIEWER).parse().data.text == "one"

        drain(times=2)

        assert get_post(post_id, viewer=PUBLIC_VIEWER).parse().data.text == "two"

    def test_does_not_bring_back_what_was_deleted(self):
        author = make_person()
        post_id = publish(author)
        edit(author, post_id, text="two")
        delete_post(author.id, post_id, now=NOON)

        renew_card(post_id)

        assert POSTS.get_many([post_id]) == {}

    def test_is_not_done_while_redis_is_away(self, stack):
        post_id = publish(make_person())
        stack.stop_redis()

        with pytest.raises(RedisUnavailable):
            renew_card(post_id)


class TestAudienceOfOldPosts:
    def test_that_is_widened_brings_them_into_homes_in_their_place(self):
        author, reader = sign_up("ada"), sign_up("grace")
        follow(reader.id, author.id)
        drain()

        def home() -> list[str]:
            drain()
            return call("GET", "/v1/timelines/home", as_=reader).texts

        assert home() == []
        for_two = NewPost(text="one @grace", audience="mentioned")
        post_id = publish_post(author.id, for_two, now=NOON, once=None).id
        publish(author, "two")

        assert home() == ["two"]
        assert call("GET", f"/v1/posts/{post_id}", as_=reader).status == 200
        edit(author, post_id, audience="followers")
        assert home() == ["two", "one @grace"]
        edit(author, post_id, audience="mentioned")
        assert home() == ["two"]

    def test_is_for_the_mentioned_no_reason_to_be_in_a_home_that_is_made_anew(self):
        author, reader = sign_up("ada"), sign_up("grace")
        follow(reader.id, author.id)
        for_two = NewPost(text="one @grace", audience="mentioned")
        publish_post(author.id, for_two, now=NOON, once=None)
        publish(author, "two")

        assert call("GET", "/v1/timelines/home", as_=reader).texts == ["two"]
        assert call("GET", "/v1/timelines/home", as_=author).texts == ["two", "one @grace"]


class TestListRevisions:
    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_beside_the_post_at_any_length(self, many):
        author = make_person()
        post_id = publish(author, "0")
        for n in range(1, many + 3):
            edit(author, post_id, text=str(n))
        until_replicated()
        list_revisions(post_id, Paging.first(many), viewer=PUBLIC_VIEWER)

        with count_queries() as queries, count_trips() as trips:
            page = list_revisions(post_id, Paging.first(many), viewer=PUBLIC_VIEWER)

        assert len(page.data) == many
        assert (count_reads(queries), trips.trips) == (1, 2)
