"""What a digest says, as its reader may see it at that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.accounts.public import suspend_account
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.kernel import clock
from modules.mail.services.sending import send_waiting_mails
from modules.mailings.events import DigestDue
from modules.mailings.services.digests import compose_digest
from modules.mailings.services.due_digests import announce_due_digests
from modules.posts import public as posts
from modules.profiles.public import edit_profile
from modules.profiles.schemas import EditProfile
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person, make_person
from tests.kit.posts import publish
from tests.mailings.kit import (
    mailed,
    make_digested,
    make_due,
    popular,
    run,
)

pytestmark = pytest.mark.django_db

FOREVER = 2**62


def facts_of(person: Person):
    due = DigestDue(user_id=person.id, due=0, after_id=0, until_id=FOREVER)
    mail = compose_digest(due)
    return mail and mail.facts


def shown(person: Person) -> list[str]:
    facts = facts_of(person)
    return [post["text"] for post in facts["popular"]] if facts else []


class TestWhat:
    def test_is_what_is_unread_and_by_whom(self):
        person, fans = make_digested(), [make_person() for _ in range(4)]
        post_id = publish(person)
        for fan in fans:
            posts.add_reaction(fan.id, post_id, "like")
            drain()
        graph.follow(fans[0].id, person.id)
        drain()

        follow, reaction = facts_of(person)["news"]

        assert (follow["who"], follow["did"]) == (fans[0].username, "followed you")
        assert reaction["who"] == f"{fans[3].username}, {fans[2].username} and 2 others"
        assert reaction["did"] == "reacted to your post"
        assert reaction["url"].endswith(f"/posts/{post_id}")

    def test_is_nothing_that_an_earlier_one_told_of(self):
        person, fan = make_digested(), make_person()
        graph.follow(fan.id, person.id)
        drain()
        told_until = clock.now() + timedelta(seconds=1)
        make_due(person, clock.now())
        announce_due_digests(now=told_until)
        drain()
        assert len(mailed()) == 1
        make_due(person, told_until + timedelta(days=1))

        announce_due_digests(now=told_until + timedelta(days=1))
        drain()

        assert len(mailed()) == 1

    def test_is_nothing_of_whom_they_block_or_mute_nor_what_is_not_for_everybody(self):
        person, blocked, muted, private, gone = make_digested(), *(make_person() for _ in range(4))
        for author, text in ((blocked, "blocked"), (muted, "muted"), (private, "private"), (gone, "gone")):
            popular(author, text)
        popular(text="fine")
        other = make_digested()
        graph.block(person.id, blocked.id, now=NOON)
        graph.mute(person.id, muted.id, MuteOptions(), now=NOON)
        graph.follow(person.id, private.id)
        drain()
        edit_profile(private.id, EditProfile(is_private=True))
        suspend_account(gone.id, now=NOON)
        drain()

        assert shown(person) == ["fine"]
        assert sorted(shown(other)) == ["blocked", "fine", "muted"]

    def test_is_nothing_of_their_own(self):
        person = make_digested()
        popular(person, "mine")

        assert shown(person) == []

    def test_is_shown_as_it_was_written(self, mailoutbox):
        person = make_digested()
        popular(text="<script>alert(1)</script> & {{ 7 }}")
        make_due(person, clock.now())
        run()

        send_waiting_mails(now=clock.now())

        [mail] = mailoutbox
        html = mail.alternatives[0][0]
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 }}" in html
        assert "<script>alert(1)</script> & {{ 7 }}" in mail.body
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_of_many_costs_as_much_as_of_few(self):
        few, many = make_digested(), make_digested()
        for person, number in ((few, 2), (many, 12)):
            for _ in range(number):
                graph.follow(make_person().id, person.id)
                posts.add_reaction(make_person().id, publish(person), "like")
        for _ in range(8):
            popular()
        costs = []

        for person in (few, many):
            with count_queries() as queries:
                assert facts_of(person)["news"]
            costs.append(dict(queries.by_alias))

        assert sum(costs[0].values()) >= sum(costs[1].values())
