"""Parts of mails that are made once for all to whom the same is shown; they hold nothing of one reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches

from modules.graph import public as graph
from modules.mail.services.rendering import render_html
from modules.mailings.events import DigestDue
from modules.mailings.services.digests import compose_digest
from modules.posts.schemas import EditPost
from modules.posts.services.edits import edit_post
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person, make_person
from tests.mailings.kit import make_digested, popular

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The fragments that were made since, each once it is kept."""
    cache, kept = caches["fragments"], []
    cache.clear()
    keep = cache.set

    def note(key: str, value: Any, *args: Any, **named: Any) -> None:
        kept.append(value)
        keep(key, value, *args, **named)

    monkeypatch.setattr(cache, "set", note)
    return kept


def html_of(person: Person) -> str:
    mail = compose_digest(DigestDue(user_id=person.id, due=0, after_id=0, until_id=2**62))
    assert mail
    return render_html(mail)


def test_are_made_once_for_all_who_are_shown_the_same(made):
    for number in range(3):
        popular(text=f"post {number}")

    pages = [html_of(make_digested()) for _ in range(6)]

    assert len(made) == 4
    assert all("post 2" in page for page in pages)


def test_are_put_together_anew_for_who_may_not_see_one(made):
    blocked = make_person()
    popular(text="for all")
    popular(blocked, "for most")
    person = make_digested()
    html_of(make_digested())
    graph.block(person.id, blocked.id, now=NOON)
    drain()

    page = html_of(person)

    assert ("for all" in page, "for most" in page) == (True, False)
    # Both posts, both together, and the one by itself, whose post was there.
    assert len(made) == 4


def test_show_an_edited_post_as_it_is(made):
    author = make_person()
    post_id = popular(author, "before")
    html_of(make_digested())

    edit_post(author.id, post_id, EditPost(text="after"), now=NOON, seen=None)
    drain()
    page = html_of(make_digested())

    assert ("before" in page, "after" in page) == (False, True)


def test_hold_nothing_of_one_reader(made):
    popular(text="for all")
    person, fan = make_digested(), make_person()
    graph.follow(fan.id, person.id)
    drain()

    page = html_of(person)

    assert fan.username in page
    assert not any(fan.username in part or person.username in part for part in made)
