"""Publishing: one transaction, one announcement, one effect however often it is asked for."""

import threading

import pytest
from django.db import connections

from modules.posts import public as posts
from modules.posts.models import AuthorCount, Post
from modules.posts.schemas import NewPost
from modules.posts.services.posts import publish_post
from sharding.errors import AlreadyDone, KeyReused
from sharding.ids import shard_of
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import announced
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


class TestPublishPost:
    def test_keeps_the_post_on_its_authors_shard(self):
        author = make_person(shard=4095)

        card = publish_post(author.id, NewPost(text="Hi"), now=NOON, once=None)

        row = Post.objects.of(author.id).get(id=card.id)
        assert shard_of(card.id) == 4095
        assert (row.text, row.published_at, row.version, row.deleted_at) == ("Hi", NOON, 1, None)

    def test_counts_it(self):
        author, other = make_person(), make_person()

        publish(author)
        publish(author)

        assert posts.map_counts([author.id, other.id]) == {author.id: 2}

    def test_announces_it_once(self):
        author = make_person()

        post_id = publish(author)

        assert announced("posts.post_published.v1") == [
            {"post_id": post_id, "author_id": author.id, "audience": 0}
        ]

    def test_costs_two_statements_beside_those_of_the_transaction(self):
        author = make_person()
        publish(author)

        with count_queries() as counted:
            publish(author)

        texts = [sql for _, sql in counted.statements]
        assert len([sql for sql in texts if "posts_post" in sql or "outbox_event" in sql]) == 2

    def test_happens_once_for_a_key(self):
        author = make_person()
        once = Once("publish_post", "key", b"print")
        card = publish_post(author.id, NewPost(text="Hi"), now=NOON, once=once)

        with pytest.raises(AlreadyDone) as repeated:
            publish_post(author.id, NewPost(text="Hi"), now=NOON, once=once)

        assert (repeated.value.status, repeated.value.body) == (201, card.json_bytes())
        assert posts.map_counts([author.id]) == {author.id: 1}

    def test_refuses_a_key_that_came_with_another_body(self):
        author = make_person()
        publish_post(author.id, NewPost(text="Hi"), now=NOON, once=Once("publish_post", "key", b"1"))

        with pytest.raises(KeyReused):
            publish_post(author.id, NewPost(text="Ho"), now=NOON, once=Once("publish_post", "key", b"2"))

        assert Post.objects.of(author.id).count() == 1

    def test_happens_once_when_twenty_ask_together(self):
        author = make_person()
        once = Once("publish_post", "key", b"print")
        outcomes: list[object] = []

        def ask():
            try:
                outcomes.append(publish_post(author.id, NewPost(text="Hi"), now=NOON, once=once).id)
            except AlreadyDone as done:
                outcomes.append(done.status)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert outcomes.count(201) == 19
        assert Post.objects.of(author.id).count() == 1
        assert len(announced("posts.post_published.v1")) == 1


class TestPostingOverHttp:
    def test_answers_the_bare_card(self):
        author = sign_up("ada")

        answer = call("POST", "/v1/posts", {"text": "Hello, fjord"}, as_=author)

        assert answer.status == 201
        assert answer.body == {
            "id": answer.body["id"],
            "author_id": str(author.id),
            "kind": "post",
            "text": "Hello, fjord",
            "entities": [],
            "media_ids": [],
            "audience": "public",
            "reply_policy": "everyone",
            "reply_to": None,
            "root_id": None,
            "original": None,
            "custom": {},
            "published_at": answer.body["published_at"],
            "edited_at": None,
        }

    def test_keeps_what_else_was_sent_and_shows_it_the_same_from_everywhere(self):
        author = sign_up("ada")
        sent = {
            "text": "Hi",
            "audience": "followers",
            "reply_policy": "nobody",
            "custom": {"a": [1e20, -0.0]},
        }

        answer = call("POST", "/v1/posts", sent, as_=author)
        shown = call("GET", f"/v1/posts/{answer.body['id']}", as_=author)

        assert {name: answer.body[name] for name in sent} == sent
        assert shown.body["data"] == answer.body

    def test_gives_a_repeat_the_same_answer_and_no_second_effect(self):
        author = sign_up("ada")

        first, second = (
            call("POST", "/v1/posts", {"text": "Hi"}, as_=author, Idempotency_Key="k1") for _ in range(2)
        )

        assert (first.status, second.status) == (201, 201)
        assert second.body == first.body
        assert second.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        assert posts.map_counts([author.id]) == {author.id: 1}

    def test_refuses_another_body_under_the_same_key(self):
        author = sign_up("ada")
        call("POST", "/v1/posts", {"text": "Hi"}, as_=author, Idempotency_Key="k1")

        answer = call("POST", "/v1/posts", {"text": "Ho"}, as_=author, Idempotency_Key="k1")

        assert answer.status == 422
        assert posts.map_counts([author.id]) == {author.id: 1}

    def test_takes_the_same_key_of_somebody_else(self):
        authors = [sign_up("ada"), sign_up("grace")]

        answers = [call("POST", "/v1/posts", {"text": "Hi"}, as_=a, Idempotency_Key="k1") for a in authors]

        assert [answer.status for answer in answers] == [201, 201]
        assert len({answer.body["id"] for answer in answers}) == 2

    def test_needs_somebody(self):
        assert call("POST", "/v1/posts", {"text": "Hi"}).status == 401

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            b"",
            b"{",
            b"\xff\xfe",
            b'{"text": "a", "text": "b"}',
            b'{"text": "\\ud800"}',
            b'{"text": "a\\u0000b"}',
            b"[" * 100_000,
            {"text": ""},
            {"text": "  \u200b "},
            {"text": "x" * 5001},
            {"text": 5},
            {"text": None},
            {"text": ["Hi"]},
            {"text": "Hi", "author_id": "1"},
            {"text": "Hi", "published_at": "2020-01-01T00:00:00Z"},
            {"text": "Hi", "id": "7"},
            {"text": "Hi", "audience": "nobody"},
            {"text": "Hi", "audience": 0},
            {"text": "Hi", "reply_policy": "everybody"},
            {"text": "Hi", "custom": {"a": "x" * 4096}},
            {"text": "Hi", "custom": []},
            {"text": "Hi", "entities": []},
            {"text": "Hi", "kind": 1},
        ],
        ids=lambda body: repr(body)[:30],
    )
    def test_refuses_what_is_no_post(self, body):
        author = sign_up("ada")

        answer = call("POST", "/v1/posts", body, as_=author)

        assert answer.status in {400, 422}
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert AuthorCount.objects.of(author.id).count() == 0

    def test_takes_the_longest_text_in_any_script(self):
        author = sign_up("ada")

        answer = call("POST", "/v1/posts", {"text": "ß\n" * 2500}, as_=author)

        assert (answer.status, answer.body["text"]) == (201, "ß\n" * 2500)
