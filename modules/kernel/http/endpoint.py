"""
The view: authenticate, parse, call once, answer.

DRF's `APIView` spends half of its time on negotiation, renderers and throttles that an API with one
format does not have. `View` keeps what the rest of DRF builds on (authenticators, schema, exceptions).
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.views import APIView

from modules.kernel.errors import Forbidden
from modules.kernel.http import callers, conditional, freshness, idempotency, pagination, parsing, problems
from modules.kernel.http.operations import Deprecation, Operation, Reply, operations_of
from modules.kernel.http.request import Request
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.redis import soon
from modules.kernel.shapes import PagingQuery, Query
from sharding.errors import AlreadyDone, ShardMoved

JSON = "application/json"
_FIRST_PAGE = PagingQuery()


class InsufficientScope(Forbidden):
    """The credentials are good and do not reach this far."""

    code = "insufficient_scope"
    title = "Your credentials lack the scope that this needs."

    def __init__(self, scope: str) -> None:
        """Say which scope would reach, to the reader and in the challenge (RFC 6750, 3.1)."""
        if scope == FIRST_PARTY:
            super().__init__("Only the user's own session may do this; no token and no key reaches it.")
            return
        super().__init__(f"This needs the scope {scope}.")
        self.challenge = f'error="insufficient_scope", scope="{scope}"'


class UserRequired(Forbidden):
    """The credentials are an app's own, and this is done for a user."""

    code = "user_required"
    title = "This is done for a user; a service says for whom in Banyan-On-Behalf-Of."


class View(APIView):
    """A resource; its methods are marked with `@endpoint`."""

    operations: ClassVar[dict[str, Operation]] = {}
    # Under what the contract lists it, if not under the name of its context.
    tag: ClassVar[str | None] = None

    def __init_subclass__(cls) -> None:
        """Read the signatures once, when the class is made."""
        super().__init_subclass__()
        cls.operations = operations_of(cls)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request, whatever happens."""
        method = "GET" if request.method == "HEAD" else request.method or ""
        try:
            wrapped = callers.identify(request, tuple(self.authentication_classes))
            operation = self.operations.get(method)
            if operation is None:
                return self._answer_other(method)
            return self._answer(wrapped, operation, kwargs)
        except AlreadyDone as done:
            return _replay(done)
        except Exception as error:  # noqa: BLE001 - every exception becomes a problem, and bugs are logged there
            return problems.answer(error, request)

    @property
    def allowed_methods(self) -> list[str]:
        """Return the methods that this resource answers to."""
        heads = ["HEAD"] if "GET" in self.operations else []
        return [*self.operations, *heads, "OPTIONS"]

    def _answer(self, request: Request, operation: Operation, path: dict[str, Any]) -> HttpResponse:
        """Authorize, parse, call, answer."""
        plain = request._request
        _authorize(request, operation)
        parameters = parsing.split_query(plain)
        arguments = {**path, **_read(request, operation, parameters)}
        freshness.begin(request)
        soon.begin()
        try:
            response = _respond(self._call(request, operation, arguments), operation, plain, parameters)
            if operation.spec.deprecated:
                _add_deprecation(response, operation.spec.deprecated)
            freshness.finish(request, response)
        finally:
            soon.flush()
        return response

    def _call(self, request: Request, operation: Operation, arguments: dict[str, Any]) -> Any:
        """Call the endpoint; once more if a shard moved under it, for nothing was written then."""
        try:
            return operation.function(self, request, **arguments)
        except ShardMoved:
            return operation.function(self, request, **arguments)

    def _answer_other(self, method: str) -> HttpResponse:
        """
        Answer a method that the resource does not have.

        :raises MethodNotAllowed: unless it only asks which there are
        """
        if method != "OPTIONS":
            raise problems.MethodNotAllowed(self.allowed_methods)
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


def _authorize(request: Request, operation: Operation) -> None:
    """Refuse a caller who is unknown, or whose credentials do not reach the operation's scope."""
    scope = operation.spec.scope
    if scope is None:
        return
    if not request.user.may(scope):
        raise InsufficientScope(scope)
    if request.user.id == 0 and not operation.spec.for_apps:
        raise UserRequired


def _read(request: Request, operation: Operation, parameters: dict[str, str]) -> dict[str, Any]:
    """Return the arguments that come from the query string, the headers and the body."""
    arguments = _read_query(request, operation, parameters) if operation.asks or parameters else {}
    plain = request._request
    if operation.body_name and operation.body:
        is_left_out = operation.spec.body_optional and parsing.has_no_body(plain)
        raw = b"{}" if is_left_out else parsing.read_body(plain)
        arguments[operation.body_name] = parsing.parse_body(raw, operation.body)
    if plain.method not in ("GET", "HEAD"):
        _read_conditions(request, operation)
    if plain.method == "POST":
        key = idempotency.read_key(plain, required=operation.spec.key_required)
        if key is not None and request.viewer is not None:
            app_id = request.viewer.app_id
            request.once = idempotency.make_once(plain, key, operation_id=operation.id, app_id=app_id)
    return arguments


def _read_conditions(request: Request, operation: Operation) -> None:
    """Read under which condition something is to be written; one that is not looked at is refused."""
    if operation.spec.conditional:
        conditional.refuse_others(request._request, "If-None-Match")
        request.seen = conditional.read_versions(request._request, required=operation.spec.condition_required)
    else:
        conditional.refuse_others(request._request, "If-Match", "If-None-Match")


def _read_query(request: Request, operation: Operation, parameters: dict[str, str]) -> dict[str, Any]:
    """Return the arguments that come from the query string; a parameter nobody asked for is refused."""
    names = pagination.PAGING_NAMES if operation.paging_name else frozenset()
    own = {name: text for name, text in parameters.items() if name not in names}
    asked = {name: text for name, text in parameters.items() if name in names}
    query: Query | None
    if not parameters and operation.no_query is not None:
        query, paging = operation.no_query, _FIRST_PAGE
    else:
        query, paging = parsing.parse_queries((operation.query or Query, own), (PagingQuery, asked))
    arguments: dict[str, Any] = {}
    if operation.query_name:
        arguments[operation.query_name] = query
    if operation.paging_name:
        arguments[operation.paging_name] = pagination.make_paging(
            request._request,
            paging,
            operation_id=operation.id,
            viewer_id=request.viewer_id,
            filters=own,
        )
    return arguments


def _respond(
    result: Any, operation: Operation, request: HttpRequest, parameters: dict[str, str]
) -> HttpResponse:
    """Return the answer that carries a result."""
    status, headers = operation.status, None
    if isinstance(result, Reply):
        status, headers, result = result.status, result.headers, result.shape
    if result is None:
        return _without_body(status, headers)
    content = result.json_bytes()
    response = HttpResponse(content, status=status, content_type=JSON, headers=headers)
    if operation.paging_name:
        link = pagination.link_header(request, parameters, next=result.next, prev=result.prev)
        if link:
            response.headers["Link"] = link
    if operation.spec.conditional:
        return _tagged(request, response, conditional.tag(result, content))
    return response


def _tagged(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """Return an answer with its ETag; a read of what the caller has already becomes 304."""
    if request.method in ("GET", "HEAD"):
        return conditional.answer(request, response, etag)
    response.headers["ETag"] = etag
    return response


def _add_deprecation(response: HttpResponse, deprecated: Deprecation) -> None:
    """Tell that the operation goes, beside the links that are there."""
    said = deprecated.headers()
    if links := response.headers.get("Link"):
        said["Link"] = f"{links}, {said['Link']}"
    for name, value in said.items():
        response.headers[name] = value


def _without_body(status: int, headers: Any) -> HttpResponse:
    """Return an answer of nothing but a status."""
    response = HttpResponse(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def _replay(done: AlreadyDone) -> HttpResponse:
    """Return the answer that the first of equal requests got."""
    response = _without_body(done.status or 204, None)
    if done.body is not None:
        response = HttpResponse(done.body, status=done.status, content_type=JSON)
    response.headers["Idempotency-Replayed"] = "true"
    return response
