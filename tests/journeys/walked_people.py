"""Lists of people, and the audit of an app, as they are walked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from allauth.idp.oidc.models import Client

from modules.accounts import public as accounts
from modules.audit.models import AuditEntry
from modules.exports.schemas import NewExport
from modules.exports.services.requests import end_export, request_export
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.graph.services.blocks import block, unblock
from modules.graph.services.mutes import mute, unmute
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from modules.mailings.models import Issue
from modules.mailings.schemas import NewIssue
from modules.mailings.services.issues import create_issue
from modules.notifications.models import Group
from modules.notifications.services.marks import delete_notification
from modules.posts.services.reactions import add_reaction, remove_reaction
from modules.posts.services.reposts import remove_repost
from modules.profiles.services.profiles import set_profile_visibility
from modules.search.services.people import store_person
from modules.timelines.schemas import NewList
from modules.timelines.services.lists import add_member, create_list, remove_member
from sharding.scope import writing_directory
from tests.journeys.walked import Walked
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, repost
from tests.kit.requests import ISSUE


def list_members(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")
    list_id = create_list(reader.id, NewList(name="Friends"), once=None).id

    def add() -> int:
        person = make_person()
        add_member(list_id, person.id, viewer=graph.viewer_of(reader.id))
        return person.id

    path = f"/v1/me/lists/{list_id}/members"
    return Walked(reader, path, add, lambda id: remove_member(reader.id, list_id, id))


def found_people(settings: Any, after: ExitStack) -> Walked:
    """Whose name begins so, among those who are hidden."""
    settings.SEARCH = replace(settings.SEARCH, within_s=5)
    reader, numbers = sign_up("vera"), count()

    def add() -> int:
        hidden, person = (make_person(f"found_{next(numbers)}") for _ in range(2))
        block(hidden.id, reader.id, now=NOON)
        drain()
        for one in (hidden, person):
            store_person(one.id, once=None)
        return person.id

    def remove(id: int) -> None:
        set_profile_visibility(id, is_active=False, once=None)

    return Walked(reader, "/v1/search/users?q=found", add, remove)


def reposters(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    original = publish(author)

    def add() -> int:
        person = make_person()
        repost(person, original)
        drain()
        return person.id

    def remove(id: int) -> None:
        remove_repost(id, original, now=NOON)
        drain()

    return Walked(author, f"/v1/posts/{original}/reposts", add, remove)


def following(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        graph.follow(reader.id, person.id)
        return person.id

    path = f"/v1/users/{reader.id}/following"
    return Walked(reader, path, add, lambda id: graph.unfollow(reader.id, id))


def followers(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        graph.follow(person.id, reader.id)
        drain()
        return person.id

    def remove(id: int) -> None:
        graph.unfollow(id, reader.id)
        drain()

    return Walked(reader, f"/v1/users/{reader.id}/followers", add, remove)


def blocks(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        block(reader.id, person.id, now=NOON)
        return person.id

    return Walked(reader, "/v1/me/blocks", add, lambda id: unblock(reader.id, id))


def mutes(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")

    def add() -> int:
        person = make_person()
        mute(reader.id, person.id, MuteOptions(), now=NOON)
        return person.id

    return Walked(reader, "/v1/me/mutes", add, lambda id: unmute(reader.id, id))


def follow_requests(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")
    graph.set_private(reader.id, True)

    def add() -> int:
        person = make_person()
        graph.follow(person.id, reader.id)
        drain()
        return person.id

    def remove(id: int) -> None:
        graph.unfollow(id, reader.id)
        drain()

    return Walked(reader, "/v1/me/follow-requests", add, remove)


def notifications(settings: Any, after: ExitStack) -> Walked:
    """One for each post of the reader's that somebody reacts to."""
    reader, fan = sign_up("vera"), make_person()

    def add() -> int:
        add_reaction(fan.id, publish(reader), "like")
        drain()
        return _newest_group(reader)

    return Walked(reader, "/v1/me/notifications", add, lambda id: delete_notification(reader.id, id))


def notification_actors(settings: Any, after: ExitStack) -> Walked:
    reader = sign_up("vera")
    post_id = publish(reader)

    def add() -> int:
        person = make_person()
        add_reaction(person.id, post_id, "like")
        drain()
        return person.id

    def remove(id: int) -> None:
        remove_reaction(id, post_id, "like")
        drain()

    add_reaction((first := make_person()).id, post_id, "like")
    drain()
    made = Walked(reader, f"/v1/me/notifications/{_newest_group(reader)}/actors", add, remove)
    made.items.append(first.id)
    return made


def _newest_group(reader: Person) -> int:
    rows = Group.objects.of(reader.id).on_primary().order_by("-last_id")
    return int(rows.values_list("id", flat=True)[0])


def audit(settings: Any, after: ExitStack) -> Walked:
    """What was done with an app's power: nothing of it is ever deleted."""
    reader = sign_up("vera")
    with writing_directory():
        app = Client.objects.create(name="App", owner_id=reader.id)

    def add() -> int:
        with writing_directory():
            return AuditEntry.objects.create(app_id=app.id, at=NOON, action="made").id

    return Walked(reader, f"/v1/apps/{app.id}/audit", add)


def exports(settings: Any, after: ExitStack) -> Walked:
    """One a day: each is asked for a day later than the one before."""
    ada, days = sign_up("ada"), count()

    def add() -> int:
        now = NOON + timedelta(days=next(days))
        return request_export(ada.id, NewExport(kind="archive"), now=now, once=None).id

    return Walked(ada, "/v1/exports", add, lambda id: end_export(ada.id, id))


def newsletter_issues(settings: Any, after: ExitStack) -> Walked:
    """The issues of the newsletter, for an operator; a list without an owner, on which all of them stand."""
    with writing_directory():
        Issue.objects.all().delete()
    reader = make_person()
    accounts.set_roles(reader.id, [OPERATOR])
    reader = replace(reader, token=accounts.issue_session_token(reader.id, now=clock.now()))

    def add() -> int:
        return create_issue(reader.id, NewIssue.model_validate(ISSUE), now=NOON, once=None).id

    return Walked(reader, "/v1/newsletter/issues", add)
