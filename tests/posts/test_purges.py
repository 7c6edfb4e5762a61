"""Deleted posts lose their bodies after 30 days, and all that was said of them by a mark; replies stay."""

from datetime import timedelta

import pytest
from django.db import connections

from modules.posts.models import Post, PostCount, PostRevision, ReactionIn, ReactionOut, ThreadEntry
from modules.posts.schemas import EditPost, NewPost
from modules.posts.services import purges
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.purges import purge_deleted_posts
from modules.posts.services.reactions import add_reaction
from sharding.leftovers import find_rows
from tests.kit.audits import audit, kinds
from tests.kit.delivery import announced, until_replicated
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, reply

pytestmark = pytest.mark.django_db

WORD = "quokkazebra"
LATER = NOON + timedelta(days=30)


def deleted(author, *, text=WORD):
    """Return a post with a word in what it says and said, which likes, and was deleted at noon."""
    post_id = publish_post(author.id, NewPost(text=f"{text} #{text}"), now=NOON, once=None).id
    edit_post(author.id, post_id, EditPost(text=f"{text} again"), now=NOON)
    return post_id


class TestPurgeDeletedPosts:
    def test_leaves_no_word_of_a_post_30_days_after_it_was_deleted(self, ada, vera, redeliver):
        post_id, kept = deleted(ada), publish(ada)
        for each in (post_id, kept):
            add_reaction(vera.id, each, "like")
        redeliver()
        delete_post(ada.id, post_id, now=NOON)
        redeliver()
        assert find_rows([WORD])["a"].keys() >= {"posts_post", "posts_postrevision"}

        early = purge_deleted_posts(now=LATER - timedelta(seconds=1))
        done = [purge_deleted_posts(now=LATER) for _ in range(2)]
        redeliver(times=2)

        assert (early, done) == (0, [1, 0])
        assert find_rows([WORD]) == {}
        row = Post.objects.of(ada.id).get(id=post_id)
        assert (row.text, row.purged_at, row.deleted_at, row.version) == ("", LATER, NOON, 3)
        assert not PostRevision.objects.of(ada.id).exists()
        assert list(ReactionOut.objects.of(vera.id).on_primary().values_list("post_id", flat=True)) == [kept]
        assert not ReactionIn.objects.of(post_id).on_primary().exists()
        assert not PostCount.objects.of(post_id).on_primary().exists()
        assert PostCount.objects.of(kept).on_primary().get().reactions == {"like": 1}
        assert kinds(audit("--only", "posts.reactions", "--only", "posts.reaction_counts")[1]) == set()

    def test_is_done_with_others_where_one_cannot_be_purged(self, ada, redeliver):
        odd, other = deleted(ada), deleted(ada)
        delete_post(ada.id, odd, now=NOON)
        delete_post(ada.id, other, now=NOON + timedelta(minutes=1))
        redeliver()
        # What no release has written: of a tag without its word nobody can be told.
        with connections["a"].cursor() as cursor:
            cursor.execute("""UPDATE posts_post SET entities = '[{"type": "tag"}]' WHERE id = %s""", [odd])

        assert purge_deleted_posts(now=LATER + timedelta(minutes=1)) == 1

        purged = Post.objects.of(ada.id).on_primary().filter(purged_at__isnull=False)
        assert list(purged.values_list("id", flat=True)) == [other]

    def test_leaves_what_others_have_hung_on_it_in_its_place(self, redeliver):
        ada, vera = sign_up("ada", shard=3), sign_up("vera", shard=4000)
        root = publish(ada, WORD)
        first = reply(vera, root)
        redeliver()
        second = reply(vera, first)
        redeliver()
        delete_post(ada.id, root, now=NOON)
        redeliver()
        until_replicated()
        before = call("GET", f"/v1/posts/{second}/ancestors", as_=vera).body

        assert purge_deleted_posts(now=LATER) == 1
        redeliver()

        until_replicated()
        after = call("GET", f"/v1/posts/{second}/ancestors", as_=vera).body
        assert (after["deleted"], after["partial"]) == ([str(root)], False)
        assert after == before
        assert PostCount.objects.of(root).get().replies == 1
        assert ThreadEntry.objects.of(root).filter(is_active=True).count() == 2
        # Who may reply to the thread is asked of what is left of its root.
        assert vera.call("POST", "/v1/posts", {"text": "Still", "reply_to": str(second)}).status == 201

    def test_takes_a_post_that_many_like_in_parts(self, ada, monkeypatch, redeliver):
        monkeypatch.setattr(purges, "PART", 2)
        fans = [make_person() for _ in range(5)]
        post_id = publish(ada)
        redeliver()
        for fan in fans:
            add_reaction(fan.id, post_id, "like")
        redeliver()
        delete_post(ada.id, post_id, now=NOON)
        redeliver()

        assert purge_deleted_posts(now=LATER) == 1

        told = [event["user_ids"] for event in announced("posts.reactions_purged.v1")]
        assert sorted(id for ids in told for id in ids) == sorted(fan.id for fan in fans)
        assert sorted(map(len, told)) == [1, 2, 2]

    def test_keeps_a_tag_that_another_post_has(self, ada, vera, redeliver):
        post_id = deleted(ada)
        publish(vera, f"#{WORD}")
        redeliver()
        delete_post(ada.id, post_id, now=NOON)
        redeliver()

        purge_deleted_posts(now=LATER)
        redeliver()

        assert find_rows([WORD])["directory"].keys() == {"posts_tagstat", "posts_tagtotal", "posts_taguse"}
        assert kinds(audit("--only", "posts.tags")[1]) == set()

    def test_lets_a_forgotten_tag_be_said_again(self, ada, redeliver):
        post_id = deleted(ada)
        redeliver()
        delete_post(ada.id, post_id, now=NOON)
        redeliver()
        purge_deleted_posts(now=LATER)
        redeliver()

        again = publish(ada, f"#{WORD}")
        redeliver()

        assert call("GET", f"/v1/search/tags?q={WORD}").body["data"][0]["tag"] == WORD
        assert [tag for (tag,) in _tags()] == [WORD]
        assert again


def _tags():
    found = []
    for alias in ("a", "b"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT tag FROM posts_tag")
            found += cursor.fetchall()
    return found
