"""A resource of every sort, for the kernel's own tests; no context is involved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import include, path
from django.views.decorators.http import require_safe
from pydantic import Field, JsonValue
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.views import APIView

from config import health
from modules.kernel.cursors import Paging
from modules.kernel.errors import Conflict, Forbidden, Gone, InputError, Invalid, NotFound, Stale, TooMany
from modules.kernel.http import Reply, Request, View, endpoint
from modules.kernel.http.operations import Deprecation
from modules.kernel.principals import Principal
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.rendered import Rendered, render_page
from modules.kernel.shapes import Body, Id, Ids, IntRange, JsonLimit, Nothing, Page, Query, Shape, UtcDateTime
from modules.kernel.text import PlainText
from sharding import freshness
from sharding.errors import AlreadyDone, InFlight, InstanceUnavailable, KeyReused, ShardMoved
from sharding.scope import writing_for

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class ByHeader(BaseAuthentication):
    """Believes whoever says who they are."""

    def authenticate(self, request):
        said = request.META.get("HTTP_X_TEST_USER")
        if said is None:
            return None
        if not said.isdigit():
            raise AuthenticationFailed("Nobody holds this token.")
        scopes = request.META.get("HTTP_X_TEST_SCOPES")
        return Principal(int(said), scopes=None if scopes is None else frozenset(scopes.split())), None


class Leaf(Body):
    """One thing inside another."""

    id: Id
    size: Annotated[int, Field(ge=1, le=10)] = 1


class NewThing(Body):
    """A thing to make."""

    text: Annotated[str, PlainText(1, 20)]
    items: Annotated[list[Leaf], Field(max_length=3)] = []
    is_loud: bool = False
    custom: Annotated[dict[str, JsonValue], JsonLimit(4096)] = {}


class Thing(Shape):
    """A thing as everyone sees it."""

    id: Id
    text: str
    made_at: UtcDateTime


class ThingState(Shape):
    """What changes without the thing."""

    likes: int


class ThingPage(Page[Thing, Nothing, ThingState]):
    """A page of things."""


class Caller(Shape):
    """What the endpoint was told about its caller."""

    user_id: Id | None
    key: str | None
    fingerprint: str | None


class ByIds(Query):
    """Things by id."""

    ids: Ids


class Filter(Query):
    """Things of a sort."""

    sort: str = "new"
    least: Annotated[int, IntRange(0, 9)] = 0


class Instance(Query):
    """A PostgreSQL primary."""

    name: str


class KernelView(View):
    """Ours, with a caller who needs no account."""

    authentication_classes = (ByHeader,)


class Things(KernelView):
    @endpoint("make_thing", scope="write:things", status=201, refuses=(Conflict,))
    def post(self, request: Request, body: NewThing) -> Thing:
        """
        Make a thing.

        It is made of text.
        """
        return Thing(id=len(body.text), text=body.text, made_at=NOON)

    @endpoint("list_things", public=True)
    def get(self, request: Request, query: Filter, paging: Paging) -> Rendered[ThingPage]:
        """List things, from 9 down to 1."""
        at = paging.position[0] if paging.position else 10
        ids = range(at + 1, 10) if paging.newer else range(at - 1, 0, -1)
        shown = list(ids)[: paging.limit]
        return render_page(
            ThingPage,
            data=[Thing(id=id, text=query.sort, made_at=NOON).json_bytes() for id in shown],
            included={},
            state={id: ThingState(likes=id) for id in shown},
            next=paging.older_than(shown[-1]) if shown and shown[-1] > 1 else None,
            prev=paging.newer_than(shown[0]) if shown and shown[0] < 9 else None,
        )


class Old(KernelView):
    @endpoint(
        "get_old_things",
        public=True,
        deprecated=Deprecation(since=NOON, sunset=NOON + timedelta(days=180), link="/docs/moving-on"),
    )
    def get(self, request: Request, paging: Paging) -> ThingPage:
        """List things as it was done before."""
        return ThingPage(data=[], included=Nothing(), state={}, next=paging.older_than(5), prev=None)


class Batch(KernelView):
    @endpoint("batch_things", public=True)
    def get(self, request: Request, query: ByIds) -> ThingPage:
        """Answer things by id."""
        data = [Thing(id=id, text="x", made_at=NOON) for id in query.ids]
        return ThingPage(data=data, included=Nothing(), state={}, next=None, prev=None)


class OneThing(KernelView):
    @endpoint("get_thing", public=True)
    def get(self, request: Request, thing_id: int) -> Thing:
        """Answer a thing."""
        return Thing(id=thing_id, text="x", made_at=NOON)

    @endpoint("delete_thing", scope="write:things")
    def delete(self, request: Request, thing_id: int) -> None:
        """Delete a thing."""

    @endpoint("put_thing", scope="write:things", also=(202,))
    def put(self, request: Request, thing_id: int) -> Reply[Thing]:
        """Put a thing, later."""
        thing = Thing(id=thing_id, text="x", made_at=NOON)
        return Reply(thing, 202, {"Location": f"/v1/things/{thing_id}"})


class Whoami(KernelView):
    @endpoint("whoami", public=True)
    def get(self, request: Request) -> Caller:
        """Say who calls."""
        return _caller(request)

    @endpoint("whoami_once", public=True)
    def post(self, request: Request) -> Caller:
        """Say who calls, with a key."""
        return _caller(request)


class Keyed(KernelView):
    @endpoint("import_things", scope="write:things", key_required=True)
    def post(self, request: Request, body: NewThing) -> Caller:
        """Take a key."""
        return _caller(request)


def _caller(request: Request) -> Caller:
    once = request.once
    return Caller(
        user_id=request.viewer_id,
        key=once.key if once else None,
        fingerprint=once.fingerprint.hex() if once else None,
    )


class ThingNotFound(NotFound):
    code = "thing_not_found"
    title = "There is no such thing."


def secretive() -> Exception:
    return RuntimeError("the password is hunter2")


INPUT_ERRORS: dict[str, Callable[[], Exception]] = {
    "not_found": lambda: ThingNotFound(),
    "detail": lambda: ThingNotFound("Look elsewhere."),
    "forbidden": Forbidden,
    "conflict": Conflict,
    "gone": Gone,
    "stale": Stale,
    "invalid": lambda: Invalid(errors=[InputError("/a~1b", "too_odd", "Even it out.")]),
    "too_many": lambda: TooMany(retry_after=7),
    "bug": secretive,
    "drf_denied": lambda: PermissionDenied("Not you."),
    "drf_throttled": lambda: Throttled(wait=2.5),
    "suspicious": lambda: SuspiciousOperation("../../etc"),
    "moved": lambda: ShardMoved(7, "a"),
    "away": lambda: InstanceUnavailable("a"),
    "operational": lambda: OperationalError("server closed the connection"),
    "redis": lambda: RedisUnavailable("refused"),
    "done": lambda: AlreadyDone(201, b'{"id":"5"}'),
    "done_silently": lambda: AlreadyDone(),
    "reused": KeyReused,
    "in_flight": InFlight,
}


class Failing(KernelView):
    calls = 0

    @endpoint("get_fault", public=True)
    def get(self, request: Request, name: str) -> Thing:
        """Raise."""
        type(self).calls += 1
        raise INPUT_ERRORS[name]()

    @endpoint("post_fault", public=True)
    def post(self, request: Request, name: str) -> Thing:
        """Raise."""
        raise INPUT_ERRORS[name]()


class MovesOnce(KernelView):
    calls = 0

    @endpoint("move_once", public=True)
    def post(self, request: Request) -> Thing:
        """Fail at the first call, as when a shard has just moved."""
        type(self).calls += 1
        if type(self).calls == 1:
            raise ShardMoved(7, "a")
        return Thing(id=1, text="x", made_at=NOON)


class Writes(KernelView):
    @endpoint("write_something", scope="write:things")
    def post(self, request: Request) -> None:
        """Commit on the caller's shard."""
        with writing_for(request.user.id):
            pass

    @endpoint("read_somewhere", public=True)
    def get(self, request: Request, query: Instance) -> Caller:
        """Say where the caller would read."""
        return Caller(user_id=request.viewer_id, key=freshness.choose(query.name, 1), fingerprint=None)


class Stray(APIView):
    """A DRF view that is not one of ours, and forgot to say who may call it."""

    authentication_classes = (ByHeader,)

    def get(self, request):
        return HttpResponse("never")


def broken(request: HttpRequest) -> HttpResponse:
    raise secretive()


def html_page(request: HttpRequest) -> HttpResponse:
    return HttpResponseNotFound("<h1>Not Found</h1>", headers={"Set-Cookie": "a=b"})


urlpatterns = [
    path("v1/old-things", Old.as_view()),
    path("v1/things", Things.as_view()),
    path("v1/things/batch", Batch.as_view()),
    path("v1/things/<id:thing_id>", OneThing.as_view()),
    path("v1/whoami", Whoami.as_view()),
    path("v1/keyed", Keyed.as_view()),
    path("v1/errors/<str:name>", Failing.as_view()),
    path("v1/moves", MovesOnce.as_view()),
    path("v1/writes", Writes.as_view()),
    path("v1/stray", Stray.as_view()),
    path("broken", broken),
    path("page", html_page),
    path("healthz", require_safe(health.live)),
    path("readyz", require_safe(health.ready)),
    path("", include("openapi.urls")),
]

handler400 = "modules.kernel.http.problems.handler400"
handler403 = "modules.kernel.http.problems.handler403"
handler404 = "modules.kernel.http.callers.handler404"
handler500 = "modules.kernel.http.problems.handler500"
