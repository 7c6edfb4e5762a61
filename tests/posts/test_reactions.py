"""Reacting: the user's side leads, the post's side and its counts converge, however the news comes."""

from itertools import permutations

import pytest

from modules.posts import tasks
from modules.posts.errors import PostNotFound, ReactionUnknown
from modules.posts.events import ReactionAdded, ReactionRemoved
from modules.posts.models import PostCount
from modules.posts.schemas import PostSettings
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from sharding.ids import make_id, shard_of
from sharding.scope import Once
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish
from tests.posts.kit import at_once, counted, reactions_of, reactors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_types(settings):
    settings.POSTS = PostSettings(reactions=("like", "love"))


@pytest.fixture
def reader():
    return make_person(shard=3)


@pytest.fixture
def post_id():
    return publish(make_person(shard=4000))


def hear(event: ReactionAdded | ReactionRemoved, key: str) -> None:
    """Handle one event the way the bus does, as the delivery of that key."""
    if isinstance(event, ReactionAdded):
        tasks.mirror_reaction(event, Once("posts.mirror", key))
    else:
        tasks.mirror_removal(event, Once("posts.mirror", key))


class TestAddReaction:
    def test_writes_it_once_and_announces_it_once(self, reader, post_id):
        for _ in range(2):
            add_reaction(reader.id, post_id, "like")
        add_reaction(reader.id, post_id, "love")

        assert reactions_of(reader) == [(post_id, "like"), (post_id, "love")]
        first, second = announced_events(ReactionAdded)
        assert shard_of(first.edge_id) == shard_of(reader.id)
        assert (first.user_id, first.post_id, first.type, first.version) == (reader.id, post_id, "like", 1)
        assert (second.type, second.version) == ("love", 2)

    def test_is_written_once_when_many_ask_together(self, reader, post_id):
        at_once(*[lambda: add_reaction(reader.id, post_id, "like") for _ in range(8)])
        drain()

        assert (reactions_of(reader), counted(post_id)) == ([(post_id, "like")], {"like": 1})

    def test_refuses_a_type_that_there_is_not_and_names_those_there_are(self, reader, post_id):
        with pytest.raises(ReactionUnknown, match=r"The types are: like, love\."):
            add_reaction(reader.id, post_id, "hate")

        assert (reactions_of(reader), announced_events(ReactionAdded)) == ([], [])

    def test_refuses_what_is_no_post_or_no_more(self, reader):
        author = make_person()
        deleted = publish(author)
        delete_post(author.id, deleted, now=NOON)

        for absent in (deleted, 2**62):
            with pytest.raises(PostNotFound):
                add_reaction(reader.id, absent, "like")

        assert reactions_of(reader) == []


class TestRemoveReaction:
    def test_takes_it_back_and_announces_that_of_its_edge(self, reader, post_id):
        add_reaction(reader.id, post_id, "like")
        [added] = announced_events(ReactionAdded)

        for _ in range(2):
            remove_reaction(reader.id, post_id, "like")

        assert reactions_of(reader) == []
        [removed] = announced_events(ReactionRemoved)
        assert (removed.edge_id, removed.version) == (added.edge_id, 2)

    def test_takes_back_what_is_no_longer_offered_and_to_a_post_that_is_gone(self, reader, settings):
        author = make_person()
        post_id = publish(author)
        add_reaction(reader.id, post_id, "love")
        settings.POSTS = PostSettings(reactions=("like",))
        delete_post(author.id, post_id, now=NOON)

        remove_reaction(reader.id, post_id, "love")

        assert reactions_of(reader) == []
        with pytest.raises(ReactionUnknown):
            remove_reaction(reader.id, post_id, "love")


class TestMirror:
    def test_follows_the_authority_over_instances_and_counts_by_type(self, reader, post_id):
        other = make_person(shard=5)
        for person, type in ((reader, "like"), (reader, "love"), (other, "like")):
            add_reaction(person.id, post_id, type)
        drain()
        both = counted(post_id)

        remove_reaction(reader.id, post_id, "love")
        drain()

        assert (both, counted(post_id)) == ({"like": 2, "love": 1}, {"like": 2})
        assert reactors(post_id) == sorted([("like", reader.id), ("like", other.id)])
        # Those of one instance arrive together, and are counted in one transaction.
        assert PostCount.objects.of(post_id).on_primary().get().version == 2

    def test_counts_what_is_new_among_what_comes_together(self, post_id):
        def said(user_id: int, edge: int) -> tuple[ReactionAdded, Once]:
            about = {"user_id": user_id, "post_id": post_id, "type": "like", "version": 1}
            return ReactionAdded(**about, edge_id=make_id(edge, 3, 0)), Once(
                "posts.mirror", f"{user_id}:{edge}"
            )

        tasks.mirror_reactions([said(1, 1), said(2, 1)])
        tasks.mirror_reactions([said(1, 1), said(2, 2), said(3, 2), said(3, 1)])

        assert (reactors(post_id), counted(post_id)) == ([("like", 1), ("like", 2), ("like", 3)], {"like": 3})
        assert PostCount.objects.of(post_id).on_primary().get().version == 2

    def test_may_be_delivered_twice(self, reader, post_id, redeliver):
        add_reaction(reader.id, post_id, "like")
        add_reaction(reader.id, post_id, "love")
        remove_reaction(reader.id, post_id, "love")

        redeliver(times=2)

        assert (reactors(post_id), counted(post_id)) == ([("like", reader.id)], {"like": 1})

    def test_converges_in_whatever_order_the_news_comes(self, post_id):
        for number, order in enumerate(permutations(range(4)), start=1):
            about = {"user_id": number, "post_id": post_id, "type": "like", "version": 1}
            news = [
                kind(**about, edge_id=make_id(edge, 3, 0))
                for edge in (1, 2)
                for kind in (ReactionAdded, ReactionRemoved)
            ]
            again = ReactionAdded(**about, edge_id=make_id(3, 3, 0))
            for at, event in enumerate([*[news[at] for at in order], *([again] if number % 2 else [])]):
                hear(event, f"{number}:{at}")

        assert reactors(post_id) == [("like", number) for number in range(1, 25, 2)]
        assert counted(post_id) == {"like": 12}

    def test_counts_nothing_of_a_post_that_was_deleted_meanwhile(self, reader):
        author = make_person()
        post_id = publish(author)
        add_reaction(reader.id, post_id, "like")
        delete_post(author.id, post_id, now=NOON)

        drain()

        assert (reactors(post_id), counted(post_id)) == ([], {})

    def test_counts_all_that_arrive_at_once(self, post_id):
        def arrive(user_id: int):
            event = ReactionAdded(
                user_id=user_id, post_id=post_id, type="like", edge_id=user_id << 30, version=1
            )
            return lambda: tasks.mirror_reaction(event, Once("posts.mirror", str(user_id)))

        at_once(*[arrive(user_id) for user_id in range(1, 9)])

        assert counted(post_id) == {"like": 8}
