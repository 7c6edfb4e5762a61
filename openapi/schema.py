"""How an endpoint becomes an operation of the contract: all is read from `@endpoint` and the signature."""

from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, get_origin

from django.urls import NoReverseMatch, reverse
from drf_spectacular.openapi import AutoSchema as Spectacular
from drf_spectacular.plumbing import ComponentRegistry
from pydantic import TypeAdapter

from modules.kernel.errors import (
    HeaderInvalid,
    PreconditionRequired,
    Refusal,
    Stale,
    Unauthorized,
    Unavailable,
)
from modules.kernel.http import parsing, problems, strict_json
from modules.kernel.http.endpoint import InsufficientScope, UserRequired
from modules.kernel.http.operations import Operation
from modules.kernel.http.problems import Problem
from modules.kernel.limits import LimitReached
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.shapes import ID_PATTERN, PagingQuery
from openapi import codes, examples, headers, security, sign_in, standing, start
from openapi.components import (
    IDEMPOTENCY_KEY,
    INPUT_ERROR,
    PROBLEM,
    REPLAYED,
    Schema,
    put,
    put_example,
    register,
    schema_of,
)
from sharding.errors import InFlight, KeyReused

_ID = {"type": "string", "pattern": ID_PATTERN}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that is to be changed, or `*` for whatever is there.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,18}\.[0-9a-f]{16}")$', "examples": ["*"]},
}
_IF_MATCH_OF_READ = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the answer that is meant: if there is another by now, the answer is 412.",
    "schema": {"type": "string"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what the client has: if that is still right, the answer is 304.",
    "schema": {"type": "string"},
}
_ETAG = {"description": "Names this very answer, for `If-None-Match`.", "schema": {"type": "string"}}
_LINK = {"description": "The neighboring pages (RFC 8288).", "schema": {"type": "string"}}


class AutoSchema(Spectacular):
    """Draws our views; others are left to spectacular."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        """Return the operation of one method of a view."""
        operation = getattr(self.view, "operations", {}).get(method.upper())
        if operation is None:
            return super().get_operation(path, path_regex, path_prefix, method, registry)
        self.registry, self.path, self.method = registry, path, method.upper()
        return self._draw(operation)

    def get_tags(self) -> list[str]:
        """Return the context that the view lives in, unless it says another."""
        parts = type(self.view).__module__.split(".")
        own = getattr(self.view, "tag", None)
        return [own or (parts[1] if parts[0] == "modules" else parts[0])]

    def _draw(self, operation: Operation) -> Schema:
        """Return the operation as OpenAPI has it, without empty members."""
        drawn: Schema = {
            "operationId": operation.id,
            "summary": operation.summary,
            "description": operation.description,
            "tags": self.get_tags(),
            "parameters": [
                *_path_parameters(operation),
                *_query_parameters(operation),
                *self._headers(operation),
                *self._conditions(operation),
            ],
            "requestBody": self._body(operation),
            "security": security.requirements(operation.spec),
            "x-required-scope": operation.spec.scope,
            "deprecated": operation.spec.deprecated is not None,
            "responses": {**self._successes(operation), **self._problems(operation)},
        }
        return {name: part for name, part in drawn.items() if part}

    def _conditions(self, operation: Operation) -> list[Schema]:
        """Return the header by which a conditional operation is made so."""
        if not operation.spec.conditional:
            return []
        if self.method != "PATCH":
            return [_IF_MATCH_OF_READ, _IF_NONE_MATCH]
        return [{**_IF_MATCH, "required": operation.spec.condition_required}]

    def _headers(self, operation: Operation) -> list[Schema]:
        """Return the headers that an operation reads."""
        if self.method != "POST" or operation.spec.public:
            return []
        return [{**IDEMPOTENCY_KEY, "required": True} if operation.spec.key_required else IDEMPOTENCY_KEY]

    def _body(self, operation: Operation) -> Schema:
        """Return the request body."""
        if operation.body is None:
            return {}
        reference = register(self.registry, operation.body, "validation")
        is_required = not operation.spec.body_optional
        return {"required": is_required, "content": {"application/json": {"schema": reference}}}

    def _successes(self, operation: Operation) -> Schema:
        """Return the answers of a success by status."""
        statuses = [operation.status, *operation.spec.also]
        drawn = {str(status): self._success(operation, status) for status in statuses}
        if operation.spec.conditional and self.method == "GET":
            drawn["304"] = {"description": "The client has it already.", "headers": {"ETag": _ETAG}}
        return drawn

    def _success(self, operation: Operation, status: int) -> Schema:
        """Return the answer of one status."""
        answer: Schema = {"description": HTTPStatus(status).phrase}
        named = {"Link": _LINK} if operation.paging_name else {}
        if self._headers(operation):
            named["Idempotency-Replayed"] = REPLAYED
        if operation.spec.conditional:
            named["ETag"] = _ETAG
        if named:
            answer["headers"] = named
        if operation.answer is not None and status != HTTPStatus.NO_CONTENT:
            reference = register(self.registry, operation.answer, "serialization")
            answer["content"] = {"application/json": {"schema": reference}}
        return answer

    def _problems(self, operation: Operation) -> Schema:
        """Return the answers of everything that can go wrong, by status."""
        put(self.registry, "Problem", PROBLEM)
        put(self.registry, "Fault", INPUT_ERROR)
        found: dict[str, dict[str, Problem]] = defaultdict(dict)
        for problem in (*_refusals(operation), *self._repeats(operation)):
            found[str(problem.status)][problem.code] = problem
        drawn = {
            status: self._problem(f"One of: {', '.join(sorted(named))}.", named)
            for status, named in sorted(found.items())
        }
        others = {each.code: each for each in codes.of_edge() if str(each.status) not in drawn}
        return {**drawn, "default": self._problem("Any other problem.", others)}

    def _repeats(self, operation: Operation) -> list[Problem]:
        """Return what is said of an `Idempotency-Key`."""
        return [codes.problem_of(kind) for kind in (InFlight, KeyReused)] if self._headers(operation) else []

    def _problem(self, description: str, named: dict[str, Problem]) -> Schema:
        """Return an answer that carries one of these problems."""
        for code, problem in named.items():
            put_example(self.registry, code, examples.of_problem(problem))
        shown = {code: {"$ref": f"#/components/examples/{code}"} for code in sorted(named)}
        media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": shown}
        return {"description": description, "content": {problems.CONTENT_TYPE: media}}


def finish(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Put the finishing touches to the contract: sign-in, credentials, examples, and tags in order."""
    if _has_sign_in(generator.urlconf):
        sign_in.merge(result)
    result["components"]["securitySchemes"] = security.schemes()
    result["x-common-headers"] = headers.COMMON
    result["info"]["description"] = start.describe()
    examples.fill(result)
    standing.add(result)
    codes.list_all(result)
    start.arrange(result)
    return result


def _has_sign_in(urlconf: str | None) -> bool:
    """Return whether the URLs drawn here have allauth among them."""
    try:
        return bool(reverse("headless:app:account:login", urlconf=urlconf))
    except NoReverseMatch:
        return False


def _refusals(operation: Operation) -> Iterator[Problem]:
    """Yield what an endpoint refuses, and the edge before it runs."""
    for kind in (*operation.spec.refuses, *_usual_refusals(operation)):
        yield codes.problem_of(kind)


def _usual_refusals(operation: Operation) -> list[type[Refusal]]:
    """Return what the edge itself refuses before the endpoint runs."""
    found: list[type[Refusal]] = [
        parsing.QueryInvalid,
        HeaderInvalid,
        Unauthorized,
        LimitReached,
        Unavailable,
    ]
    if operation.body is not None:
        found += [
            parsing.BodyInvalid,
            strict_json.JsonInvalid,
            parsing.BodyTooLarge,
            parsing.MediaTypeUnsupported,
        ]
    if operation.spec.conditional and operation.body is None:
        found.append(Stale)
    if operation.spec.conditional and operation.spec.condition_required and operation.body is not None:
        found.append(PreconditionRequired)
    if operation.spec.scope is not None:
        found.append(InsufficientScope)
        if operation.spec.scope != FIRST_PARTY and not operation.spec.for_apps:
            found.append(UserRequired)
    return found


def _path_parameters(operation: Operation) -> list[Schema]:
    """Return the parameters in the path; numbers there are ids."""
    hints = operation.function.__annotations__
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"The {name.replace('_id', '').replace('_', ' ')}"
            + ("'s id." if name.endswith("_id") else "."),
            "schema": _schema_of_path(hints.get(name)),
        }
        for name in operation.path_names
    ]


def _schema_of_path(hint: Any) -> Schema:
    """Return the schema of a parameter in the path: an id, a text, or what its annotation says of it."""
    if hint in (int, "int"):
        return _ID
    return TypeAdapter(hint).json_schema() if get_origin(hint) is Annotated else {"type": "string"}


def _query_parameters(operation: Operation) -> list[Schema]:
    """Return the parameters of the query string."""
    models = [operation.query] if operation.query else []
    paging = [PagingQuery] if operation.paging_name else []
    return [parameter for model in (*models, *paging) for parameter in _parameters_of(model)]


def _parameters_of(model: Any) -> list[Schema]:
    """Return the fields of a query model as parameters."""
    schema = schema_of(model, "validation")
    required = schema.get("required", [])
    drawn = []
    for name, field in schema.get("properties", {}).items():
        # No query string can say null.
        if field.get("default") is None:
            field.pop("default", None)
        if isinstance(field.get("type"), list):
            [field["type"]] = (kind for kind in field["type"] if kind != "null")
        elif "anyOf" in field:
            [one] = (kind for kind in field.pop("anyOf") if kind != {"type": "null"})
            field |= one
        described = {"description": field.pop("description")} if "description" in field else {}
        drawn.append(
            {"name": name, "in": "query", "required": name in required, **described, "schema": field}
        )
    return drawn
