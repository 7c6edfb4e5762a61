"""Every kind of caller with real credentials, and what an owner has for them to reach for."""

from __future__ import annotations

from dataclasses import dataclass

from modules.accounts.models import Session, TokenFamily
from modules.accounts.public import (
    end_all_sessions,
    issue_session_token,
    request_deletion,
    set_roles,
    sign_receipt,
    suspend_account,
)
from modules.accounts.schemas import AppType, NewApp, NewKey
from modules.accounts.services.apps import register_app
from modules.accounts.services.keys import create_key
from modules.exports.schemas import NewExport
from modules.exports.services.requests import request_export
from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from modules.kernel.scopes import GRANTABLE
from modules.mailings.schemas import NewIssue
from modules.mailings.services.issues import create_issue
from modules.notifications.models import Group
from modules.notifications.schemas import CUSTOM
from modules.notifications.services.facts import Fact, Key
from modules.notifications.services.receiving import receive
from modules.posts.schemas import NewDraft
from modules.posts.services.drafts import create_draft
from modules.timelines.schemas import NewList
from modules.timelines.services.lists import create_list
from sharding.scope import writing_directory, writing_for
from tests.kit.media import upload
from tests.kit.people import Person, make_person
from tests.kit.posts import publish
from tests.kit.requests import ISSUE
from tests.kit.tokens import make_token

CALLERS = (
    "anonymous",
    "owner",
    "other",
    "wrong_token",
    "token",
    "app",
    "service",
    "on_behalf",
    "suspended",
    "ended",
)

# A client chooses it, and whoever registers it has it.
DEVICE = "018f3a5d-7c2e-7b1a-9c4d-2e6f8a0b1c3d"


@dataclass(frozen=True)
class World:
    """
    An owner and what is theirs, of two drafts one to be published, of two issues one to go round.

    `target` is for all to read and follow, `stranger` for all to block, and those `asking` wait for the
    owner's consent. The `receipt` is that of somebody who has closed their account.
    """

    owner: Person
    target: Person
    stranger: Person
    asking: tuple[Person, Person]
    post: int
    draft: int
    finished: int
    app: str
    key: int
    granted: str
    session: int
    list: int
    media: int
    notification: int
    export: int
    issue: int
    receipt: str
    going: int

    def names(self) -> dict[str, str]:
        """Return what stands in paths, queries and bodies."""
        return {
            "owner": str(self.owner.id),
            "username": self.owner.username,
            "user_id": str(self.target.id),
            "stranger": str(self.stranger.id),
            "post_id": str(self.post),
            "type": "like",
            "tag": "forest",
            "draft_id": str(self.draft),
            "finished": str(self.finished),
            "app_id": self.app,
            "key_id": str(self.key),
            "granted": self.granted,
            "session_id": str(self.session),
            "asking": str(self.asking[0].id),
            "also_asking": str(self.asking[1].id),
            "list_id": str(self.list),
            "timeline": "home",
            "media_id": str(self.media),
            "notification_id": str(self.notification),
            "device_id": DEVICE,
            "export_id": str(self.export),
            "issue_id": str(self.issue),
            "receipt": self.receipt,
            "going": str(self.going),
        }


def make_world() -> World:
    """Make an owner with a post, an app with a key, an app that they let in, and a list."""
    owner, target, stranger = make_person(), make_person(), make_person()
    set_roles(owner.id, [OPERATOR])
    app = make_app(owner.id)
    key = create_key(owner.id, app, NewKey(name="k", scopes=["read:graph"]), now=clock.now(), once=None)
    granted = make_app(target.id)
    with writing_directory():
        TokenFamily.objects.create(user_id=owner.id, app_id=granted, created_at=clock.now())
    issue_session_token(owner.id, now=clock.now())
    session = Session.objects.filter(user_id=owner.id).latest("id")
    asking = make_person(), make_person()
    for person in asking:
        ask_to_follow(person, owner)
    new = NewDraft(text="Hi")
    draft, finished = (create_draft(owner.id, new, now=clock.now(), once=None).id for _ in range(2))
    content = NewIssue.model_validate(ISSUE)
    issue, going = (create_issue(owner.id, content, now=clock.now(), once=None).id for _ in range(2))
    return World(
        owner=owner,
        target=target,
        stranger=stranger,
        asking=asking,
        post=publish(owner),
        draft=draft,
        finished=finished,
        app=app,
        key=key.id,
        granted=granted,
        session=session.id,
        list=create_list(owner.id, NewList(name="Friends"), once=None).id,
        media=upload(owner),
        notification=tell(owner),
        export=request_export(owner.id, NewExport(kind="archive"), now=clock.now(), once=None).id,
        issue=issue,
        going=going,
        receipt=close(make_person()),
    )


def close(person: Person) -> str:
    """Have somebody close their account, and return their receipt."""
    request_deletion(person.id, confirm=person.username, now=clock.now())
    return sign_receipt(person.id)


def tell(person: Person) -> int:
    """Tell somebody of something, and return the id of that notification."""
    receive([Fact(person.id, Key(CUSTOM, 1, 0), edge_id=1, is_active=True, name="noticed")], now=clock.now())
    with writing_for(person.id):
        return int(Group.objects.of(person.id).get().id)


def ask_to_follow(person: Person, target: Person) -> None:
    """Have a request of somebody wait at another, as if they had asked while the other was private."""
    with writing_for(person.id):
        edge = FollowOut.objects.create(user_id=person.id, target_id=target.id, is_requested=True)
        FollowCount.objects.create(user_id=person.id, requested=1)
    with writing_for(target.id):
        FollowIn.objects.create(
            user_id=target.id,
            follower_id=person.id,
            edge_id=edge.edge_id,
            is_active=False,
            is_requested=True,
        )


def make_app(owner_id: int) -> str:
    """Register an app and return its id."""
    new = NewApp(
        name="An app",
        type=AppType.CONFIDENTIAL,
        redirect_uris=["https://app.example.org/back"],
        scopes=sorted(GRANTABLE),
        grant_types=["authorization_code", "client_credentials"],
    )
    return register_app(owner_id, new, now=clock.now(), once=None).id


def credentials(caller: str, world: World, scope: str | None) -> dict[str, str]:
    """Return the headers of a caller; the scope is that of the operation, which `wrong_token` has not."""
    if caller == "anonymous":
        return {}
    if caller in ("owner", "other", "suspended", "ended"):
        return {"X_Session_Token": _session(caller, world)}
    if caller in ("wrong_token", "token", "app"):
        reach = set(GRANTABLE) - ({scope} if caller == "wrong_token" else set())
        user_id = None if caller == "app" else world.owner.id
        return {"Authorization": f"Bearer {make_token(world.granted, user_id, *reach)}"}
    new = NewKey(name="service", scopes=sorted(GRANTABLE), may_act_for_users=True)
    key = create_key(world.owner.id, world.app, new, now=clock.now(), once=None).key
    behalf = {"Banyan_On_Behalf_Of": str(world.owner.id)} if caller == "on_behalf" else {}
    return {"Authorization": f"Bearer {key}", **behalf}


def _session(caller: str, world: World) -> str:
    person = world.owner if caller == "owner" else make_person()
    token = issue_session_token(person.id, now=clock.now())
    if caller == "suspended":
        suspend_account(person.id, now=clock.now())
    if caller == "ended":
        end_all_sessions(person.id)
    return token
