"""Who is told of what: once, of all who did it, and no more of what was undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.services.notices import announce_notice
from modules.graph import public as graph
from modules.graph.events import Followed
from modules.graph.schemas import MuteOptions
from modules.graph.services.blocks import block, unblock
from modules.graph.services.consent import accept_request, reject_request
from modules.graph.services.mutes import mute
from modules.kernel import clock
from modules.notifications.models import Action, Inbox
from modules.notifications.services import facts
from modules.notifications.services.receiving import receive
from modules.posts.events import ReactionAdded, ReactionRemoved
from modules.posts.schemas import EditPost, NewPost
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from modules.posts.services.reposts import remove_repost
from sharding.ids import make_id, shard_of
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, quote, reply, repost
from tests.notifications.kit import Told, counts, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Person:
    """Who is told, on instance `a`."""
    return sign_up("ann", shard=3)


@pytest.fixture
def ben() -> Person:
    """Who does things, on the other instance."""
    return make_person("ben", shard=4000)


@pytest.fixture
def post(ann) -> int:
    return publish(ann)


def deliver() -> None:
    drain()
    until_replicated()


class TestEachKind:
    def test_is_told_to_whom_it_concerns_and_to_nobody_else(self, ann, ben, post):
        add_reaction(ben.id, post, "like")
        repost(ben, post)
        reply_id = reply(ben, post)
        quote_id = quote(ben, post)
        mention_id = publish(ben, "Hello @ann")
        graph.follow(ben.id, ann.id)
        deliver()

        by_ben = [ben.id]
        assert sorted(told(ann)) == sorted(
            [
                Told("follow", None, by_ben, 1),
                Told("mention", mention_id, by_ben, 1),
                Told("quote", post, by_ben, 1),
                Told("reply", post, by_ben, 1),
                Told("repost", post, by_ben, 1),
                Told("reaction", post, by_ben, 1),
            ]
        )
        assert counts(ann) == (6, 6)
        assert Action.objects.of(ben.id).count() == 0
        assert {reply_id, quote_id} == set(
            Action.objects.of(ann.id).exclude(post_id=0).values_list("post_id", flat=True)
        )

    def test_is_nothing_that_one_did_oneself(self, ann, post):
        add_reaction(ann.id, post, "like")
        reply(ann, post, "I am @ann")
        repost(ann, post)
        deliver()

        assert (told(ann), counts(ann)) == ([], (0, 0))

    def test_of_a_request_is_gone_once_it_is_answered(self, ann, ben):
        cyd = make_person("cyd", shard=4)
        graph.set_private(ann.id, True)
        for one in (ben, cyd):
            graph.follow(one.id, ann.id)
        deliver()
        [request] = told(ann)
        assert request._replace(actors=[]) == Told("follow_request", None, [], 2)
        assert set(request.actors) == {ben.id, cyd.id}

        accept_request(ann.id, ben.id, now=NOON)
        reject_request(ann.id, cyd.id, now=NOON)
        deliver()

        assert (told(ann), counts(ann)) == ([], (0, 0))
        assert told(ben) == [Told("follow_accepted", None, [ann.id], 1)]
        assert told(cyd) == []

    def test_of_security_stands_by_itself(self, ann):
        for notice in ("password_changed", "totp_activated"):
            announce_notice(ann.id, notice)
        deliver()

        assert told(ann) == [Told("security", None, [], 0)] * 2


class TestTenPeople:
    def test_are_one_notification_with_the_newest_five(self, ann, post):
        people = [make_person() for _ in range(10)]
        for person in people:
            add_reaction(person.id, post, "like")
            deliver()

        newest = [person.id for person in people[:-6:-1]]
        assert (told(ann), counts(ann)) == ([Told("reaction", post, newest, 10)], (1, 1))

    def test_who_do_it_together_cost_no_more_statements_than_two(self, ann, post, monkeypatch):
        def statements(many: int) -> int:
            for _ in range(many):
                add_reaction(make_person(shard=4000).id, post, "like")
            with count_queries() as queries:
                drain()
            return sum("notifications_" in sql for _, sql in queries.statements)

        statements(2)  # the inbox is there, and so is the group

        assert statements(40) == statements(2) == 7

    def test_who_react_twice_are_one(self, ann, ben, post, settings):
        settings.POSTS = replace(settings.POSTS, reactions=("like", "love"))
        add_reaction(ben.id, post, "like")
        deliver()
        add_reaction(ben.id, post, "love")
        deliver()
        assert (told(ann), counts(ann)) == ([Told("reaction", post, [ben.id], 1)], (1, 1))

        remove_reaction(ben.id, post, "love")
        deliver()

        assert told(ann) == [Told("reaction", post, [ben.id], 1)]


class TestUndoing:
    def test_and_doing_it_again_tells_once(self, ann, ben, post):
        add_reaction(ben.id, post, "like")
        deliver()
        assert counts(ann) == (1, 1)
        for _ in range(2):
            remove_reaction(ben.id, post, "like")
            deliver()
            assert (told(ann), counts(ann)) == ([], (0, 0))
            add_reaction(ben.id, post, "like")
            deliver()
            assert (told(ann), counts(ann)) == ([Told("reaction", post, [ben.id], 1)], (1, 1))

        ann.call("PUT", "/v1/me/notifications/marks", {"read_up_to": str(2**62)})
        for change in (remove_reaction, add_reaction):
            change(ben.id, post, "like")
            deliver()

        assert (told(ann), counts(ann)) == ([Told("reaction", post, [ben.id], 1)], (0, 0))

    @pytest.mark.parametrize("times", [1, 2])
    def test_withdraws_all_of_it(self, ann, ben, post, times):
        graph.follow(ben.id, ann.id)
        add_reaction(ben.id, post, "like")
        repost(ben, post)
        said = [reply(ben, post), quote(ben, post), publish(ben, "Hi @ann")]
        drain(times=times)
        assert counts(ann) == (6, 6)

        graph.unfollow(ben.id, ann.id)
        remove_reaction(ben.id, post, "like")
        remove_repost(ben.id, post, now=NOON)
        for each in said:
            delete_post(ben.id, each, now=NOON)
        drain(times=times)
        until_replicated()

        assert (told(ann), counts(ann)) == ([], (0, 0))

    def test_of_the_post_takes_what_it_was_told_of(self, ann, ben, post):
        add_reaction(ben.id, post, "like")
        reply(ben, post)
        deliver()
        delete_post(ann.id, post, now=NOON)
        until_replicated()
        assert told(ann) == []

        add_reaction_late = counts(ann)
        deliver()

        assert (add_reaction_late, counts(ann)) == ((2, 2), (0, 0))

    def test_of_a_mention_by_an_edit(self, ann, ben):
        said = publish(ben, "Hi")
        edit_post(ben.id, said, EditPost(text="Hi @ann"), now=NOON)
        deliver()
        assert told(ann) == [Told("mention", said, [ben.id], 1)]

        edit_post(ben.id, said, EditPost(text="Hi"), now=NOON)
        deliver()

        assert (told(ann), counts(ann)) == ([], (0, 0))

    def test_of_one_reply_leaves_the_other(self, ann, ben, post):
        first, second = reply(ben, post), reply(ben, post)
        deliver()
        assert told(ann) == [Told("reply", post, [ben.id], 1)]

        delete_post(ben.id, second, now=NOON)
        deliver()
        assert told(ann) == [Told("reply", post, [ben.id], 1)]

        delete_post(ben.id, first, now=NOON)
        deliver()
        assert (told(ann), counts(ann)) == ([], (0, 0))


class TestWhomOneDoesNotHear:
    def test_is_whom_one_blocks_and_who_blocks_one(self, ann, ben, post):
        cyd = make_person("cyd", shard=4)
        for one in (ben, cyd):
            add_reaction(one.id, post, "like")
            graph.follow(one.id, ann.id)
        deliver()
        block(ann.id, ben.id, now=NOON)
        block(cyd.id, ann.id, now=NOON)
        deliver()
        assert (told(ann), counts(ann)) == ([], (0, 0))

        publish(ben, "Hi @ann")
        publish(cyd, "Hi @ann")
        deliver()
        unblock(ann.id, ben.id)
        deliver()

        assert (told(ann), counts(ann)) == ([], (0, 0))

    @pytest.mark.parametrize(("notifications", "number"), [(True, 0), (False, 1)])
    def test_is_whom_one_mutes_if_that_was_meant(self, ann, ben, post, notifications, number):
        mute(ann.id, ben.id, MuteOptions(notifications=notifications), now=clock.now())
        add_reaction(ben.id, post, "like")
        deliver()

        assert (len(told(ann)), counts(ann)) == (number, (number, number))

    def test_is_whom_one_has_muted_since(self, ann, ben, post):
        add_reaction(ben.id, post, "like")
        deliver()
        mute(ann.id, ben.id, MuteOptions(), now=clock.now())
        until_replicated()

        assert told(ann) == []

    def test_is_who_says_it_to_others(self, ann, ben):
        publish_post(ben.id, NewPost(text="Of @ann", audience="followers"), now=NOON, once=None)
        deliver()

        assert (told(ann), counts(ann)) == ([], (0, 0))

    def test_is_anybody_in_a_muted_thread(self, ann, ben, post):
        beneath = reply(ben, post)
        deliver()
        ann.call("PUT", f"/v1/me/muted-threads/{beneath}")
        reply(ben, post)
        cyd = make_person("cyd", shard=4)
        reply(cyd, beneath, "Look, @ann")
        deliver()
        assert told(ann) == [Told("reply", post, [ben.id], 1)]

        ann.call("DELETE", f"/v1/me/muted-threads/{post}")
        reply(cyd, post)
        deliver()

        assert told(ann) == [Told("reply", post, [cyd.id, ben.id], 2)]

    def test_is_of_a_kind_that_was_turned_off(self, ann, ben, post):
        body = {"types": {"reaction": {"in_app": False}}}
        ann.call("PATCH", "/v1/me/notification-preferences", body)
        add_reaction(ben.id, post, "like")
        repost(ben, post)
        deliver()

        assert told(ann) == [Told("repost", post, [ben.id], 1)]


class TestAnAudit:
    def test_that_announces_what_is_long_ago_tells_nobody(self, ann, ben):
        edge_id = make_id(1, shard_of(ben.id), 1)
        event = Followed(follower_id=ben.id, target_id=ann.id, edge_id=edge_id)

        receive(facts.of_follow(event), now=clock.now())

        assert (told(ann), counts(ann)) == ([], (0, 0))


class TestOrder:
    def test_in_which_the_end_is_heard_of_first_tells_of_nothing(self, ann, ben, post):
        news = {"user_id": ben.id, "post_id": post, "type": "like", "version": 1}
        added, removed = (kind(**news, edge_id=post + 1) for kind in (ReactionAdded, ReactionRemoved))
        again = ReactionAdded(**news, edge_id=post + 2)
        for event in (removed, added):
            receive(facts.of_reaction(event), now=clock.now())
        until_replicated()
        assert told(ann) == []

        for event in (again, removed, added):
            receive(facts.of_reaction(event), now=clock.now())
        until_replicated()

        assert (told(ann), counts(ann)) == ([Told("reaction", post, [ben.id], 1)], (1, 1))
        assert Inbox.objects.of(ann.id).get().version == 1
