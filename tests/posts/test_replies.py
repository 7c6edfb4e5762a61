"""Replying: who may, what the posts above hear of it in whatever order, and what the card says."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from modules.graph.public import follow, is_following
from modules.posts import tasks
from modules.posts.errors import PostIsRepost, PostNotFound, RepliesClosed, ThreadTooDeep
from modules.posts.events import Replied, ReplyRemoved
from modules.posts.models import Post
from modules.posts.schemas import MAX_DEPTH, NewPost
from modules.posts.services.posts import delete_post, publish_post
from sharding.scope import Once, writing_for
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain, until_replicated
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, reply, repost
from tests.posts.kit import at_once, entries, tallies

pytestmark = pytest.mark.django_db


def begin(author, policy, **fields):
    new = NewPost(text="A thread", reply_policy=policy, **fields)
    return publish_post(author.id, new, now=NOON, once=None).id


class TestReply:
    def test_names_what_it_replies_to_and_what_began_the_thread(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)

        answer = ada.call("POST", "/v1/posts", {"text": "Why?", "reply_to": str(first)})

        assert answer.status == 201
        assert answer.body["reply_to"] == {"post_id": str(first), "author_id": str(vera.id)}
        assert (answer.body["kind"], answer.body["root_id"]) == ("post", str(root))
        assert call("GET", f"/v1/posts/{answer.body['id']}").body["data"] == answer.body
        row = Post.objects.of(ada.id).on_primary().get(id=int(answer.body["id"]))
        assert (row.root_author_id, row.depth) == (ada.id, 2)

    def test_is_announced_with_the_row_and_so_is_its_end_once(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)
        second = reply(ada, first)
        for _ in range(2):
            delete_post(ada.id, second, now=NOON)

        about = {"root_id": root, "root_author_id": ada.id}
        above = {"parent_id": first, "parent_author_id": vera.id}
        assert announced_events(ReplyRemoved) == [
            ReplyRemoved(post_id=second, author_id=ada.id, **above, **about)
        ]
        assert sorted(announced_events(Replied), key=lambda event: event.post_id) == [
            Replied(post_id=first, author_id=vera.id, parent_id=root, parent_author_id=ada.id, **about),
            Replied(post_id=second, author_id=ada.id, **above, **about),
        ]

    def test_what_is_no_reply_costs_no_statement_more(self, ada):
        publish(ada)

        with count_queries() as queries:
            publish(ada)

        # Fence, row with count, event; the log position.
        assert [sql.split()[0] for _, sql in queries.statements if "FROM" in sql or "INSERT" in sql] == [
            "WITH",
            "INSERT",
        ]

    def test_refuses_what_is_not_there_with_a_pointer(self, ada):
        deleted = publish(ada)
        delete_post(ada.id, deleted, now=NOON)

        for absent in (deleted, 2**62):
            answer = ada.call("POST", "/v1/posts", {"text": "Hm", "reply_to": str(absent)})
            assert (answer.status, answer.body["code"]) == (404, "post_not_found")
            assert answer.body["errors"][0]["pointer"] == "/reply_to"

    def test_refuses_what_the_author_may_not_see(self, ada, vera):
        hidden = begin(ada, "everyone", audience="followers")

        with pytest.raises(PostNotFound):
            reply(vera, hidden)

    def test_refuses_a_repost_and_names_its_original(self, ada, vera):
        original = publish(ada)
        passed_on = repost(vera, original)

        with pytest.raises(PostIsRepost) as refused:
            reply(ada, passed_on)

        [error] = refused.value.errors
        assert (error.pointer, error.detail) == ("/reply_to", f"Send {original}.")

    def test_goes_no_deeper_than_it_may(self, ada):
        above = publish(ada)
        for _ in range(MAX_DEPTH):
            above = reply(ada, above)

        with pytest.raises(ThreadTooDeep):
            reply(ada, above)

    def test_a_repeat_is_answered_as_before_though_it_would_be_refused_by_now(self, vera):
        ada = sign_up("ada")
        root = publish(vera)
        body = {"text": "Indeed", "reply_to": str(root)}
        first = ada.call("POST", "/v1/posts", body, Idempotency_Key="k")
        delete_post(vera.id, root, now=NOON)

        again = ada.call("POST", "/v1/posts", body, Idempotency_Key="k")
        other = ada.call("POST", "/v1/posts", body, Idempotency_Key="other")

        assert (first.status, again.body, other.status) == (201, first.body, 404)


class TestPolicy:
    def test_of_the_root_decides_for_the_whole_thread(self, ada, vera):
        followed, stranger = make_person(), make_person()
        follow(ada.id, followed.id)
        until_replicated()
        assert is_following(ada.id, [followed.id]) == {followed.id}
        root = begin(ada, "following")

        first = reply(followed, root)

        for above in (root, first):
            with pytest.raises(RepliesClosed):
                reply(stranger, above)
        reply(ada, first)
        follow(vera.id, ada.id)  # another matter
        with pytest.raises(RepliesClosed):
            reply(vera, root)

    def test_of_a_reply_decides_nothing(self, ada, vera):
        root = begin(ada, "everyone")
        new = NewPost(text="Silence", reply_to=root, reply_policy="nobody")
        closed = publish_post(vera.id, new, now=NOON, once=None).id

        reply(make_person(), closed)

    def test_nobody_is_the_author_alone(self, ada, vera):
        root = begin(ada, "nobody")

        with pytest.raises(RepliesClosed):
            reply(vera, root)
        reply(ada, root)

    def test_mentioned_are_those_whom_the_root_names(self, ada, vera):
        root = begin(ada, "mentioned")
        places = dict.fromkeys(("codepoint_start", "utf16_start", "codepoint_end", "utf16_end"), 0)
        mention = {"type": "mention", "user_id": vera.id, "tag": None, "url": None, **places}
        with writing_for(ada.id):
            Post.objects.of(ada.id).filter(id=root).update(entities=[mention])

        reply(vera, root)

        with pytest.raises(RepliesClosed):
            reply(make_person(), root)

    def test_outlives_the_root(self, ada, vera):
        root = begin(ada, "nobody")
        own = reply(ada, root)
        delete_post(ada.id, root, now=NOON)

        with pytest.raises(RepliesClosed):
            reply(vera, own)


class TestMirrors:
    def test_count_at_the_parent_and_list_under_the_root(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)
        second, third = reply(ada, first), reply(ada, root)

        drain()

        assert (entries(root), entries(first)) == ([first, second, third], [second])
        assert [tallies(id)[0] for id in (root, first, second)] == [2, 1, 0]

    def test_may_be_delivered_twice(self, ada, vera, redeliver):
        root = publish(ada)
        first = reply(vera, root)
        gone = reply(vera, first)
        redeliver(times=2)
        before = tallies(root)[0], tallies(first)[0]
        delete_post(vera.id, gone, now=NOON)

        redeliver(times=2)

        assert (before, tallies(root)[0], tallies(first)[0]) == ((1, 1), 1, 0)
        assert (entries(root), entries(first)) == ([first], [])

    def test_converge_in_whatever_order_the_news_comes(self, ada, vera):
        root, parent = publish(ada), publish(vera)
        about = {"parent_author_id": vera.id, "root_id": root, "root_author_id": ada.id}
        hearers: list[tuple[Any, Any]] = [
            (kind, hear)
            for kind, hears in (
                (Replied, (tasks.mirror_reply_in_thread, tasks.mirror_reply_at_parent)),
                (ReplyRemoved, (tasks.mirror_removal_in_thread, tasks.mirror_removal_at_parent)),
            )
            for hear in hears
        ]
        for number, order in enumerate(permutations(hearers), start=1):
            for at, (kind, hear) in enumerate([*order, order[0]]):
                if kind is ReplyRemoved and number % 2:
                    continue
                event = kind(post_id=number, author_id=vera.id, parent_id=parent, **about)
                hear(event, Once("posts.mirror", f"{number}:{at}"))

        stays = list(range(1, 25, 2))
        assert (entries(root), entries(parent)) == (stays, stays)
        assert (tallies(root)[0], tallies(parent)[0]) == (0, 12)

    def test_of_a_deleted_post_the_replies_stay(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)
        delete_post(ada.id, root, now=NOON)
        second = reply(vera, first)

        drain()

        assert entries(root) == [first, second]

    def test_agree_after_a_reply_beside_the_deletion_of_its_parent(self, ada, vera):
        root = publish(ada)
        parents = [reply(ada, root) for _ in range(3)]

        def answer(parent):
            try:
                return reply(vera, parent)
            except PostNotFound:
                return None

        made = at_once(
            *[lambda parent=parent: answer(parent) for parent in parents],
            *[lambda parent=parent: delete_post(ada.id, parent, now=NOON) for parent in parents],
        )
        drain()

        replies = [id for id in made[:3] if id]
        assert entries(root) == sorted(replies)
        assert [tallies(parent)[0] for parent in parents] == [int(bool(id)) for id in made[:3]]
