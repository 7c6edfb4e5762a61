"""Drafts: nobody else's business, and published once, whoever asks and whatever dies."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from modules.accounts.public import restore_account, suspend_account
from modules.kernel.cursors import Paging
from modules.posts import public as posts
from modules.posts.errors import DraftCapReached, DraftNotFound, PostNotFound
from modules.posts.models import Draft, Post
from modules.posts.schemas import DraftCard, EditDraft, NewDraft
from modules.posts.selectors.drafts import list_drafts
from modules.posts.services.drafts import (
    create_draft,
    delete_draft,
    edit_draft,
    publish_draft,
)
from modules.posts.services.due_drafts import publish_due_drafts
from modules.posts.services.posts import delete_post
from modules.posts.tasks import publish_due_drafts as tick
from sharding.errors import AlreadyDone
from sharding.scope import Once, writing_for
from sharding.testing import count_queries
from tests.kit.delivery import announced, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)


def draft(author: Person, text: str = "Later", **fields: Any) -> DraftCard:
    return create_draft(author.id, NewDraft(text=text, **fields), now=NOON, once=None)


def texts_of(author: Person) -> list[str]:
    return list(Post.objects.of(author.id).on_primary().order_by("id").values_list("text", flat=True))


class TestOverHttp:
    def test_are_shown_to_their_author_alone(self):
        author, other = sign_up("ada"), sign_up("grace")
        new = {"text": "Soon #tag", "audience": "followers", "custom": {"a": 1}, "reply_policy": "nobody"}

        made = call("POST", "/v1/me/drafts", new, as_=author)

        path = f"/v1/me/drafts/{made.body['id']}"
        assert made.status == 201
        assert {name: made.body[name] for name in new} == new
        assert (made.body["publish_at"], made.body["entities"][0]["tag"]) == (None, "tag")
        assert call("GET", path, as_=author).body == made.body
        assert call("GET", "/v1/me/drafts", as_=author).body["data"] == [made.body]
        assert call("GET", "/v1/me/drafts", as_=other).body["data"] == []
        for method, where in [("GET", path), ("DELETE", path), ("PUT", f"{path}/publication")]:
            assert call(method, where, as_=other).body["code"] == "draft_not_found"
        assert call("PATCH", path, {"text": "Mine"}, as_=other).body["code"] == "draft_not_found"
        assert call("GET", f"/v1/users/{author.id}/posts", as_=author).body["data"] == []

    def test_are_changed_and_deleted(self):
        author = sign_up("ada")
        made = call("POST", "/v1/me/drafts", {"text": "one"}, as_=author).body
        path = f"/v1/me/drafts/{made['id']}"

        changed = call("PATCH", path, {"text": "two", "audience": "mentioned"}, as_=author)

        assert (changed.status, changed.body["text"], changed.body["audience"]) == (200, "two", "mentioned")
        assert call("GET", path, as_=author).body == changed.body
        assert [call("DELETE", path, as_=author).status for _ in range(2)] == [204, 404]

    def test_are_published_once_and_answered_the_same(self):
        author = sign_up("ada")
        new = {"text": "Hi #tag", "audience": "followers", "custom": {"a": 1}, "reply_policy": "nobody"}
        made = call("POST", "/v1/me/drafts", new, as_=author).body
        path = f"/v1/me/drafts/{made['id']}"

        first, second = (call("PUT", f"{path}/publication", as_=author) for _ in range(2))

        assert (first.status, first.body) == (second.status, second.body)
        assert (first.status, {name: first.body[name] for name in new}) == (200, new)
        assert first.body["entities"] == made["entities"] != []
        assert call("GET", "/v1/timelines/home", as_=author).body["data"] == [first.body]
        assert call("GET", path, as_=author).status == 404
        assert posts.map_counts([author.id]) == {author.id: 1}
        published = {"post_id": int(first.body["id"]), "author_id": author.id, "audience": 1}
        assert announced("posts.post_published.v1") == [published]
        assert call("GET", f"/v1/posts/{first.body['id']}").status == 404

    @pytest.mark.parametrize("publish_at", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
    def test_are_not_for_a_time_past_or_too_far(self, publish_at):
        author = sign_up("ada")
        made = call("POST", "/v1/me/drafts", {"text": "Hi"}, as_=author).body

        answers = [
            call("POST", "/v1/me/drafts", {"text": "Hi", "publish_at": publish_at}, as_=author),
            call("PATCH", f"/v1/me/drafts/{made['id']}", {"publish_at": publish_at}, as_=author),
        ]

        for answer in answers:
            assert (answer.status, answer.body["code"]) == (422, "publish_at_out_of_range")
            assert answer.body["errors"][0]["pointer"] == "/publish_at"

    @pytest.mark.parametrize("body", [{"text": ""}, {"text": "Hi", "publish_at": 7}, {"text": "@ada " * 21}])
    def test_are_checked_as_posts_are(self, body):
        author = sign_up("ada")

        assert call("POST", "/v1/me/drafts", body, as_=author).status in (400, 422)
        assert Draft.objects.of(author.id).on_primary().count() == 0


class TestCreateDraft:
    def test_happens_once_for_a_key(self):
        author, once = make_person(), Once("create_draft", "key", b"print")
        card = create_draft(author.id, NewDraft(text="Hi"), now=NOON, once=once)

        with pytest.raises(AlreadyDone) as repeated:
            create_draft(author.id, NewDraft(text="Hi"), now=NOON, once=once)

        assert repeated.value.body == card.json_bytes()

    def test_is_refused_to_whom_has_a_hundred(self):
        author = make_person()
        made = [draft(author) for _ in range(100)]

        with pytest.raises(DraftCapReached):
            draft(author)

        publish_draft(author.id, made[0].id, now=NOON)
        draft(author)

    def test_forgets_what_was_published_a_week_ago(self):
        author = make_person()
        old = draft(author)
        publish_draft(author.id, old.id, now=NOON)

        create_draft(author.id, NewDraft(text="Hi"), now=NOON + timedelta(days=8), once=None)

        with pytest.raises(DraftNotFound):
            publish_draft(author.id, old.id, now=NOON)


class TestPublishDraft:
    def test_of_a_post_that_was_deleted_finds_none_and_keeps_nothing_of_it(self):
        author = make_person()
        made = draft(author, "secret", custom={"a": "secret"})
        post = publish_draft(author.id, made.id, now=NOON)
        delete_post(author.id, post.id, now=NOON)

        with pytest.raises(PostNotFound):
            publish_draft(author.id, made.id, now=NOON)

        row = Draft.objects.of(author.id).on_primary().get(id=made.id)
        assert (row.text, row.entities, row.custom, row.post_id) == ("", [], {}, post.id)

    def test_leaves_nothing_to_edit_or_delete(self):
        author = make_person()
        made = draft(author)
        publish_draft(author.id, made.id, now=NOON)

        with pytest.raises(DraftNotFound):
            edit_draft(author.id, made.id, EditDraft(text="Ho"), now=NOON)
        with pytest.raises(DraftNotFound):
            delete_draft(author.id, made.id)


class TestPublishDueDrafts:
    def test_publishes_on_every_instance_what_is_due_and_nothing_else(self):
        one, other = make_person(shard=0), make_person(shard=4095)
        for author in (one, other):
            draft(author, "due", publish_at=SOON)
            draft(author, "not yet", publish_at=SOON + timedelta(seconds=1))
            draft(author, "no time")
            withdrawn = draft(author, "withdrawn", publish_at=SOON)
            edit_draft(author.id, withdrawn.id, EditDraft(publish_at=None), now=NOON)

        assert [publish_due_drafts(now=SOON) for _ in range(2)] == [2, 0]

        assert (texts_of(one), texts_of(other)) == (["due"], ["due"])

    def test_gives_a_post_its_place_when_it_is_published(self):
        author = make_person()
        draft(author, "drafted first", publish_at=SOON)
        publish(author, "published first")

        publish_due_drafts(now=SOON)

        assert texts_of(author) == ["published first", "drafted first"]
        assert Post.objects.of(author.id).on_primary().get(text="drafted first").published_at == SOON

    def test_publishes_once_though_the_clock_ticks_four_times_at_once(self):
        authors = [make_person() for _ in range(4)]
        for n in range(20):
            draft(authors[n % 4], str(n), publish_at=SOON)
        published: list[int] = []
        start = threading.Barrier(4)

        def work() -> None:
            try:
                start.wait()
                published.append(publish_due_drafts(now=SOON))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(published) == 20
        assert sorted(int(text) for author in authors for text in texts_of(author)) == list(range(20))
        assert len(announced("posts.post_published.v1")) == 20

    def test_is_stopped_by_none_that_cannot_be_published(self):
        author = make_person()
        bad = draft(author, "bad", publish_at=SOON)
        draft(author, "good", publish_at=SOON)
        with writing_for(author.id):
            Draft.objects.of(author.id).filter(id=bad.id).update(audience=99)

        assert publish_due_drafts(now=SOON) == 1

        assert texts_of(author) == ["good"]
        row = Draft.objects.of(author.id).on_primary().get(id=bad.id)
        assert (row.post_id, row.publish_at, row.try_after) == (None, SOON, SOON + timedelta(minutes=10))

    def test_waits_for_an_author_who_is_suspended(self):
        author = make_person()
        draft(author, publish_at=SOON)
        suspend_account(author.id, now=NOON)
        assert publish_due_drafts(now=SOON) == 0
        restore_account(author.id)

        assert [publish_due_drafts(now=SOON + timedelta(minutes=n)) for n in (59, 60)] == [0, 1]

        assert texts_of(author) == ["Later"]

    def test_costs_one_read_of_an_index_of_each_instance_when_nothing_is_due(self):
        author = make_person()
        for _ in range(50):
            draft(author)

        with count_queries() as queries:
            tick()

        assert {alias: n for alias, n in queries.by_alias.items() if n} == {"a": 1, "b": 1}
        [sql] = [sql for alias, sql in queries.statements if alias == "a"]
        with connections["a"].cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", ["{[0,4095]}", SOON])
            plan = "\n".join(row for (row,) in cursor.fetchall())
            cursor.execute("RESET enable_seqscan")
        assert "posts_draft_due" in plan


class TestListDrafts:
    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_at_any_length(self, many):
        author = make_person()
        for _ in range(50):
            draft(author)
        until_replicated()

        with count_queries() as queries:
            page = list_drafts(author.id, Paging.first(many))

        assert len(page.data) == many
        assert count_reads(queries) == 1
