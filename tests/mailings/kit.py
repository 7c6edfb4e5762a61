"""People who want digests or the newsletter, and what they are sent."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import connections

from modules.kernel import clock
from modules.mail.models import Mail
from modules.mailings.models import Subscription
from modules.mailings.schemas import EditMailings, NewIssue, NewSection
from modules.mailings.services.due_digests import announce_due_digests
from modules.mailings.services.issues import create_issue
from modules.mailings.services.subscriptions import edit_mailings, hear_preferences
from modules.notifications import public as notifications
from modules.notifications.schemas import EditPreferences
from modules.posts import public as posts
from modules.timelines.public import rank_popular_posts
from modules.timelines.selectors.rankings import forget_rankings
from sharding.scope import writing_directory, writing_for
from tests.kit.delivery import aliases, drain
from tests.kit.machines import until
from tests.kit.people import NOON, Person, make_person
from tests.kit.posts import publish

_HOLDERS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND locktype = 'advisory'"""


def prove_address(person: Person, address: str | None = None) -> str:
    """Give somebody an address that they have proven."""
    address = address or f"{person.username}@example.org"
    with writing_directory():
        EmailAddress.objects.create(user_id=person.id, email=address, verified=True, primary=True)
    return address


def make_reader(*, shard: int | None = None) -> Person:
    """Make somebody who gets the newsletter."""
    person = make_person(shard=shard)
    prove_address(person)
    edit_mailings(person.id, EditMailings(newsletter=True), now=NOON)
    return person


def make_digested(*, shard: int | None = None, time_zone: str = "UTC") -> Person:
    """Make somebody who wants a digest each day at eight, by the clock of their quiet hours."""
    person = make_person(shard=shard)
    prove_address(person)
    want(person, digest="daily", time_zone=time_zone)
    return person


def want(person: Person, *, digest: str, time_zone: str = "UTC", now: datetime = NOON) -> None:
    """Change how often somebody wants digests, and have mailings hear of it as its task would."""
    quiet = {"start": "22:00", "end": "07:00", "time_zone": time_zone}
    edit = EditPreferences.model_validate({"digest": digest, "quiet_hours": quiet})
    notifications.edit_preferences(person.id, edit, seen=None)
    hear_preferences(person.id, now=now)


def write_issue(*post_ids: int) -> int:
    """Write an issue that shows these posts; return its id."""
    section = NewSection(heading="Hello", paragraphs=["All is well."], post_ids=list(post_ids))
    new = NewIssue(subject="News", sections=[section])
    return create_issue(make_person().id, new, now=NOON, once=None).id


def make_due(person: Person, at: datetime) -> None:
    """Make somebody's digest due at a moment."""
    with writing_for(person.id):
        Subscription.objects.of(person.id).update(due_at=at)


def due_at(person: Person) -> datetime | None:
    return Subscription.objects.of(person.id).on_primary().get().due_at


def due_moment(person: Person) -> datetime:
    """Return when somebody's digest is due, who wants one."""
    due = due_at(person)
    assert due
    return due


def make_popular() -> None:
    """Rank posts as the clock does, and have this process see it."""
    rank_popular_posts(now=NOON)
    forget_rankings()


def popular(author: Person | None = None, text: str = "Worth reading") -> int:
    """Publish what becomes popular, and return its id."""
    post_id = publish(author or make_person(), text)
    posts.add_reaction(make_person().id, post_id, "like")
    drain()
    make_popular()
    return post_id


def run(times: int = 1) -> None:
    """Let the clock announce what is due, and the news of it be delivered."""
    announce_due_digests(now=clock.now())
    drain(times=times)


def mailed() -> list[str]:
    """Return to whom mails are written down."""
    return sorted(Mail.objects.values_list("to", flat=True))


def let_leases_end() -> None:
    """
    Let the time pass after which deliveries come again that nobody settled.

    A server notices a moment later that a process is gone, and lets go of what that held.
    """
    until(lambda: not any(map(_is_held, aliases())))
    for alias in aliases():
        with connections[alias].cursor() as cursor:
            cursor.execute("UPDATE outbox_delivery SET due_at = now(), state = 'waiting'")


def _is_held(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(_HOLDERS)
        return bool(cursor.fetchone()[0])
