"""Who asks the API: nobody, a user, another's app that may read profiles only, and a service."""

from dataclasses import dataclass

from modules.accounts.public import create_account, issue_session_token, set_roles
from modules.accounts.schemas import AppType, NewApp, NewKey
from modules.accounts.services.apps import register_app
from modules.accounts.services.keys import create_key
from modules.graph.public import follow
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from modules.kernel.scopes import GRANTABLE
from modules.posts.public import publish_post
from modules.posts.schemas import NewPost
from tests.kit.tokens import make_token

# What the app is granted: it must get no further.
NARROW = "read:profiles"


@dataclass(frozen=True, slots=True)
class Role:
    """Who asks, and what is sent to say so."""

    name: str
    headers: dict[str, str]


def make_people() -> list[int]:
    """Make three people, each with a post, who follow each other; return their ids."""
    made = [
        create_account(username=name, email=f"{name}@example.org", password=None, now=clock.now())
        for name in ("ann", "ben", "cleo")
    ]
    ids = [person.id for person in made]
    for person in ids:
        publish_post(person, NewPost(text="Hello, forest"), now=clock.now(), once=None)
        for other in ids:
            if other != person:
                follow(person, other)
    return ids


def make_role(name: str, user_id: int) -> Role:
    """Return a role with fresh credentials."""
    headers = {
        "anonymous": dict[str, str],
        "user": lambda: {"X-Session-Token": issue_session_token(user_id, now=clock.now())},
        "app": lambda: {"Authorization": f"Bearer {mint_app_token(user_id)}"},
        "service": lambda: {
            "Authorization": f"Bearer {mint_service_key()}",
            "Banyan-On-Behalf-Of": str(user_id),
        },
    }
    return Role(name, headers[name]())


def mint_app_token(user_id: int) -> str:
    """Return an access token with which an app may read a user's profile and nothing else."""
    # Somebody else's: in a long run the user has reached the limit.
    app_id = make_app(create_account(username="third_party", email=None, password=None, now=clock.now()).id)
    return make_token(app_id, user_id, NARROW)


def mint_service_key() -> str:
    """Return a key of an operator's service that may do for any user all that can be granted."""
    operator = create_account(username="operators_own", email=None, password=None, now=clock.now()).id
    set_roles(operator, [OPERATOR])
    new = NewKey(name="Service", scopes=sorted(GRANTABLE), may_act_for_users=True)
    key = create_key(operator, make_app(operator), new, now=clock.now(), once=None).key
    assert key is not None
    return key


def make_app(owner_id: int) -> str:
    """Register an app that keeps a secret, and return its id."""
    new = NewApp(
        name="An app",
        type=AppType.CONFIDENTIAL,
        redirect_uris=[],
        scopes=[NARROW],
        grant_types=["client_credentials"],
    )
    return register_app(owner_id, new, now=clock.now(), once=None).id
