"""Drafts that reply and quote: looked at when they are written and when they are published, which is once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from modules.graph.services.blocks import block, unblock
from modules.posts.errors import RepliesClosed
from modules.posts.models import Draft, Post
from modules.posts.schemas import DraftCard, EditPost, NewDraft, PostCard
from modules.posts.services.drafts import create_draft, publish_draft
from modules.posts.services.due_drafts import publish_due_drafts
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post
from sharding.testing import count_queries
from tests.kit.delivery import announced, drain
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, repost
from tests.posts.kit import entries, tallies

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)


@pytest.fixture
def ada() -> Person:
    return sign_up("ada", shard=3)


@pytest.fixture
def grace() -> Person:
    return sign_up("grace", shard=4000)


def draft(author: Person, **fields: Any) -> DraftCard:
    return create_draft(author.id, NewDraft(text="Later", **fields), now=NOON, once=None)


def row_of(author: Person, draft_id: int) -> Draft:
    return Draft.objects.of(author.id).on_primary().get(id=draft_id)


def forbid_replies(author: Person, post_id: int) -> None:
    edit_post(author.id, post_id, EditPost(reply_policy="nobody"), now=NOON)


class TestDraftsWithLinks:
    def test_reply_and_quote_when_they_are_published_at_their_time(self, ada, grace):
        root, quoted = publish(ada), publish(ada)
        made = draft(grace, reply_to=root, quote_of=quoted, publish_at=SOON)
        before = announced("posts.replied.v1") + announced("posts.post_shared.v1")

        published = [publish_due_drafts(now=SOON) for _ in range(2)]
        [replied], [shared] = announced("posts.replied.v1"), announced("posts.post_shared.v1")
        drain(times=2)

        post_id = row_of(grace, made.id).post_id
        post = call("GET", f"/v1/posts/{post_id}").body["data"]
        assert (made.reply_to, made.quote_of, before, published) == (root, quoted, [], [1, 0])
        assert (post["kind"], post["text"], post["root_id"]) == ("quote", "Later", str(root))
        assert post["reply_to"] == {"post_id": str(root), "author_id": str(ada.id)}
        assert post["original"] == {"post_id": str(quoted), "author_id": str(ada.id)}
        assert (replied["post_id"], replied["root_id"]) == (post_id, root)
        assert (shared["post_id"], shared["original_id"]) == (post_id, quoted)
        assert (entries(root), tallies(root), tallies(quoted)) == ([post_id], (1, 0, 0), (0, 0, 1))

    def test_are_refused_as_posts_are_when_they_are_written(self, ada, grace):
        closed, followers = publish(ada), publish(ada)
        again = repost(make_person(), publish(ada))
        forbid_replies(ada, closed)
        edit_post(ada.id, followers, EditPost(audience="followers"), now=NOON)
        made = draft(grace)

        def answer(**named: int) -> list[tuple[int, str, str | None]]:
            body = {name: str(post_id) for name, post_id in named.items()}
            answers = [
                call("POST", "/v1/me/drafts", {"text": "Hi", **body}, as_=grace),
                call("PATCH", f"/v1/me/drafts/{made.id}", body, as_=grace),
            ]
            return [
                (
                    each.status,
                    each.body["code"],
                    each.body["errors"][0]["pointer"] if each.body["errors"] else None,
                )
                for each in answers
            ]

        assert answer(reply_to=closed) == [(403, "replies_closed", None)] * 2
        assert answer(reply_to=followers) == [(404, "post_not_found", "/reply_to")] * 2
        assert answer(quote_of=again) == [(422, "post_is_repost", "/quote_of")] * 2
        assert Draft.objects.of(grace.id).on_primary().count() == 1

    def test_that_may_not_be_published_then_say_why_and_are_not_tried_again(self, ada, grace):
        root = publish(ada)
        made = draft(grace, reply_to=root, publish_at=SOON)
        forbid_replies(ada, root)

        published = publish_due_drafts(now=SOON)
        shown = call("GET", f"/v1/me/drafts/{made.id}", as_=grace).body
        edit_post(ada.id, root, EditPost(reply_policy="everyone"), now=NOON)

        assert (published, publish_due_drafts(now=SOON + timedelta(days=1))) == (0, 0)
        assert shown["refused"] == {
            "code": "replies_closed",
            "title": "You cannot reply in this thread.",
            "refused_at": "2026-11-24T12:05:00.000000Z",
        }
        assert (shown["publish_at"], shown["reply_to"], shown["text"]) == (None, str(root), "Later")
        assert Post.objects.of(grace.id).on_primary().count() == 0
        edited = call("PATCH", f"/v1/me/drafts/{made.id}", {"text": "Again"}, as_=grace).body
        assert (edited["refused"], edited["reply_to"]) == (None, str(root))
        assert call("PUT", f"/v1/me/drafts/{made.id}/publication", as_=grace).status == 200

    @pytest.mark.parametrize("code", ["post_not_found", "not_public", "replies_closed"])
    def test_are_refused_when_their_author_publishes_them_and_stay(self, ada, grace, code):
        post_id = publish(ada)
        name = "quote_of" if code == "not_public" else "reply_to"
        made = draft(grace, **{name: post_id})
        if code == "post_not_found":
            delete_post(ada.id, post_id, now=NOON)
        elif code == "not_public":
            edit_post(ada.id, post_id, EditPost(audience="mentioned", text="@grace"), now=NOON)
        else:
            forbid_replies(ada, post_id)

        answer = call("PUT", f"/v1/me/drafts/{made.id}/publication", as_=grace)

        assert answer.body["code"] == code
        assert call("GET", f"/v1/me/drafts/{made.id}", as_=grace).status == 200
        assert call("PATCH", f"/v1/me/drafts/{made.id}", {name: None}, as_=grace).body[name] is None
        assert call("PUT", f"/v1/me/drafts/{made.id}/publication", as_=grace).body["kind"] == "post"

    def test_look_again_at_what_was_named_meanwhile(self, ada, grace):
        """Its author names another post between the look and the lock: two threads, the second one waits."""
        first, second = publish(ada), publish(ada)
        made = draft(grace, reply_to=first)
        cards: list[PostCard] = []

        def work() -> None:
            try:
                cards.append(publish_draft(grace.id, made.id, now=NOON))
            finally:
                connections.close_all()

        with connections["b"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM posts_draft WHERE id = %s FOR UPDATE", [made.id])
            thread = threading.Thread(target=work)
            thread.start()
            cursor.execute("UPDATE posts_draft SET reply_to_id = %s WHERE id = %s", [second, made.id])
            cursor.execute("COMMIT")
        thread.join()

        assert [card.reply_to and card.reply_to.post_id for card in cards] == [second]

    def test_are_answered_once_published_whatever_was_refused_since(self, ada, grace):
        root = publish(ada)
        made = draft(grace, reply_to=root)
        first = publish_draft(grace.id, made.id, now=NOON)
        block(ada.id, grace.id, now=NOON)
        drain()

        again = publish_draft(grace.id, made.id, now=NOON)
        unblock(ada.id, grace.id)

        assert again == first

    def test_wait_while_nobody_can_tell(self, ada, grace, stack):
        root = publish(ada)
        draft(grace, reply_to=root, publish_at=SOON)
        stack.flush_redis()
        stack.kill("a")

        away = publish_due_drafts(now=SOON)
        stack.start("a")

        assert away == 0
        until(lambda: publish_due_drafts(now=SOON + timedelta(minutes=1)) == 1)

    def test_without_links_cost_nothing_more(self, grace):
        made = draft(grace)

        with count_queries() as queries:
            publish_draft(grace.id, made.id, now=NOON)

        # The draft, read and marked, the post with its count, and the news of it, all on one instance.
        assert queries.by_alias.keys() == {"b"}
        assert sum("posts_" in sql for _, sql in queries.statements) == 3

    def test_may_not_reply_where_the_author_was_shut_out_meanwhile(self, ada, grace):
        root = publish(ada)
        made = draft(grace, reply_to=root)
        forbid_replies(ada, root)

        with pytest.raises(RepliesClosed):
            publish_draft(grace.id, made.id, now=NOON)

        assert announced("posts.replied.v1") == []
