"""Deleting: gone at the next read, for good, and only by its author."""

import pytest

from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.posts.errors import NotYourPost, PostNotFound
from modules.posts.models import Post
from modules.posts.selectors.cards import POSTS, render
from modules.posts.services.posts import delete_post, put_tombstone
from tests.kit.delivery import announced, drain
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


class TestDeletePost:
    def test_hides_it_from_the_next_reader(self):
        author = sign_up("ada")
        post_id = publish(author)
        assert call("GET", f"/v1/posts/{post_id}").status == 200

        answer = call("DELETE", f"/v1/posts/{post_id}", as_=author)

        assert answer.status == 204
        gone = call("GET", f"/v1/posts/{post_id}")
        assert (gone.status, gone.body["code"]) == (404, "post_not_found")
        assert call("GET", f"/v1/posts?ids={post_id}").body["missing"] == [str(post_id)]
        assert call("GET", f"/v1/users/{author.id}/posts").body["data"] == []

    def test_leaves_a_tombstone_counts_down_and_announces_it(self):
        author = make_person()
        kept, deleted = publish(author), publish(author)

        delete_post(author.id, deleted, now=NOON)

        row = Post.objects.of(author.id).get(id=deleted)
        assert (row.version, row.deleted_at) == (2, NOON)
        assert posts.map_counts([author.id]) == {author.id: 1}
        news = {"post_id": deleted, "author_id": author.id, "version": 2}
        assert announced("posts.post_deleted.v1") == [news]
        assert list(POSTS.get_many([kept, deleted])) == [kept]

    def test_answers_a_repeat_the_same_and_does_nothing(self):
        author = sign_up("ada")
        post_id = publish(author)

        answers = [call("DELETE", f"/v1/posts/{post_id}", as_=author).status for _ in range(2)]

        assert answers == [204, 204]
        assert posts.map_counts([author.id]) == {}
        assert len(announced("posts.post_deleted.v1")) == 1

    @pytest.mark.parametrize("shard", [7, 8])
    def test_refuses_somebody_elses(self, shard):
        author, other = make_person(shard=7), make_person(shard=shard)
        post_id = publish(author)

        with pytest.raises(NotYourPost):
            delete_post(other.id, post_id, now=NOON)

        assert list(POSTS.get_many([post_id])) == [post_id]
        assert announced("posts.post_deleted.v1") == []

    @pytest.mark.parametrize("shard", [7, 8])
    def test_does_not_say_that_somebody_elses_was_deleted(self, shard):
        author, other = make_person(shard=7), make_person(shard=shard)
        post_id = publish(author)
        delete_post(author.id, post_id, now=NOON)

        for absent in (post_id, 2**62):
            with pytest.raises(PostNotFound):
                delete_post(other.id, absent, now=NOON)

    def test_holds_against_a_reader_who_drew_the_card_before(self):
        author = make_person()
        post_id = publish(author)
        late = render(Post.objects.of(author.id).get(id=post_id))
        delete_post(author.id, post_id, now=NOON)

        POSTS.put({post_id: late})

        assert POSTS.get_many([post_id]) == {}


class TestBuryDeleted:
    def test_buries_a_card_that_survived_its_post(self):
        author = make_person()
        post_id = publish(author)
        POSTS.get_many([post_id])
        (card,) = redis("a").run(("GET", f"post:{post_id}"))
        delete_post(author.id, post_id, now=NOON)
        # As if Redis had been away while the post was deleted.
        redis("a").run(("SET", f"post:{post_id}", card))
        assert list(POSTS.get_many([post_id])) == [post_id]

        drain()

        assert POSTS.get_many([post_id]) == {}

    def test_bears_a_repeat(self):
        author = make_person()
        post_id = publish(author)
        delete_post(author.id, post_id, now=NOON)

        put_tombstone(post_id, version=2)
        put_tombstone(post_id, version=2)

        assert POSTS.get_many([post_id]) == {}

    def test_is_not_done_while_redis_is_away(self, stack):
        stack.stop_redis()

        with pytest.raises(RedisUnavailable):
            put_tombstone(2**62, version=2)
