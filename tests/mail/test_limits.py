"""How many mails one person gets: of those that strangers can have sent to anybody, and of notices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.kernel import clock
from modules.mail.models import Mail
from modules.mail.public import queue_asked_mail, queue_mail
from modules.mail.schemas import NewMail

pytestmark = pytest.mark.django_db

VICTIM = "vera@example.org"


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.LIMITS = replace(settings.LIMITS, is_on=True)


def to(address: str) -> NewMail:
    return NewMail(to=address, subject="Subject", facts={"heading": "Text"})


def ask(address: str = VICTIM, *, is_of_receiver: bool = False) -> bool:
    return queue_asked_mail(to(address), is_of_receiver=lambda: is_of_receiver, now=clock.now())


class TestAskedMail:
    def test_reaches_one_person_four_times_an_hour_from_strangers(self, db):
        assert [ask() for _ in range(6)] == [True] * 4 + [False] * 2
        assert Mail.objects.filter(to=VICTIM).count() == 4

    def test_reaches_one_person_once_more_who_asks_for_it(self, db):
        for _ in range(5):
            ask()

        assert [ask(is_of_receiver=True) for _ in range(2)] == [True, False]
        assert Mail.objects.count() == 5

    def test_asks_who_it_is_only_when_strangers_have_used_up_theirs(self, db):
        asked: list[str] = []

        def is_of_receiver() -> bool:
            asked.append(VICTIM)
            return False

        for _ in range(5):
            queue_asked_mail(to(VICTIM), is_of_receiver=is_of_receiver, now=clock.now())

        assert asked == [VICTIM]

    @pytest.mark.parametrize("other", ["VERA@example.org", "vera+1@example.org", "v.e.ra@Example.org"])
    def test_is_counted_by_mailbox(self, db, other):
        for _ in range(4):
            ask()

        assert not ask(other)

    def test_is_counted_by_mailbox_where_the_provider_has_two_names(self, db):
        asked = [ask(address) for address in ("v.era@gmail.com", "vera@googlemail.com") * 3]

        assert asked == [True] * 4 + [False] * 2
        assert ask("vera@mail.com")

    def test_to_others_is_not_kept_back(self, db):
        for _ in range(5):
            ask()

        assert ask("bob@example.org")

    def test_is_kept_back_without_redis_too(self, db, settings, stack):
        settings.LIMITS = replace(settings.LIMITS, processes=2)
        stack.stop_redis()

        assert [ask() for _ in range(4)] == [True] * 2 + [False] * 2

    def test_takes_nothing_from_notices(self, db):
        for _ in range(5):
            ask()

        queue_mail(to(VICTIM), now=clock.now())

        assert Mail.objects.count() == 5


class TestNotice:
    def test_reaches_one_person_twenty_times_an_hour(self, db):
        for _ in range(25):
            queue_mail(to(VICTIM), now=clock.now())

        assert Mail.objects.count() == 20
