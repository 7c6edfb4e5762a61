"""How an endpoint becomes an operation of the contract: all is read from `@endpoint` and the signature."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any

from django.urls import NoReverseMatch, reverse
from drf_spectacular.openapi import AutoSchema as Spectacular
from drf_spectacular.plumbing import ComponentRegistry

from modules.kernel.errors import Refusal, Unauthorized, Unavailable
from modules.kernel.http import parsing, problems
from modules.kernel.http.endpoint import InsufficientScope
from modules.kernel.http.operations import Operation
from modules.kernel.shapes import ID_PATTERN, PagingQuery
from openapi import sign_in
from openapi.components import FAULT, PROBLEM, Schema, put, register, schema_of

_ID = {"type": "string", "pattern": ID_PATTERN}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes a repeat harmless: it gets the first answer, marked `Idempotency-Replayed`.",
    "schema": {"type": "string", "pattern": "^[!-+\\--~]{1,255}$"},
}
_REPLAYED = {
    "description": "`true` if this is the answer to an earlier request.",
    "schema": {"type": "string"},
}
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
        """Return the context that the view lives in."""
        parts = type(self.view).__module__.split(".")
        return [parts[1] if parts[0] == "modules" else parts[0]]

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
            ],
            "requestBody": self._body(operation),
            "security": self._security(operation),
            "responses": {**self._successes(operation), **self._problems(operation)},
        }
        return {name: part for name, part in drawn.items() if part}

    def _headers(self, operation: Operation) -> list[Schema]:
        """Return the headers that an operation reads."""
        if self.method != "POST" or operation.declared.public:
            return []
        return [{**_KEY, "required": True} if operation.declared.key_required else _KEY]

    def _body(self, operation: Operation) -> Schema:
        """Return the request body."""
        if operation.body is None:
            return {}
        reference = register(self.registry, operation.body, "validation")
        return {"required": True, "content": {"application/json": {"schema": reference}}}

    def _security(self, operation: Operation) -> list[Schema]:
        """Return who may call: each kind of credentials with the scope it needs, or anybody."""
        scopes = [operation.declared.scope] if operation.declared.scope else []
        kinds = [dict.fromkeys(kind, scopes) for kind in self.get_auth() if kind]
        return [*kinds, {}] if operation.declared.public else kinds

    def _successes(self, operation: Operation) -> Schema:
        """Return the answers of a success by status."""
        statuses = [operation.status, *operation.declared.also]
        return {str(status): self._success(operation, status) for status in statuses}

    def _success(self, operation: Operation, status: int) -> Schema:
        """Return the answer of one status."""
        answer: Schema = {"description": HTTPStatus(status).phrase}
        headers = {"Link": _LINK} if operation.paging_name else {}
        if self._headers(operation):
            headers["Idempotency-Replayed"] = _REPLAYED
        if headers:
            answer["headers"] = headers
        if operation.answer is not None and status != HTTPStatus.NO_CONTENT:
            reference = register(self.registry, operation.answer, "serialization")
            answer["content"] = {"application/json": {"schema": reference}}
        return answer

    def _problems(self, operation: Operation) -> Schema:
        """Return the answers of everything that can go wrong, by status."""
        put(self.registry, "Problem", PROBLEM)
        put(self.registry, "Fault", FAULT)
        codes: dict[str, set[str]] = defaultdict(set)
        for kind in (*operation.declared.refuses, *_usual_refusals(operation)):
            codes[str(problems.status_of(kind))].add(kind.code)
        if self._headers(operation):
            codes["409"].add("request_in_flight")
            codes["422"].add("idempotency_key_reused")
        drawn = {
            status: _problem(f"One of: {', '.join(sorted(found))}.")
            for status, found in sorted(codes.items())
        }
        return {**drawn, "default": _problem("Any other problem.")}


def finish(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Put the finishing touches to the contract: sign-in, and tags in order, so that it groups by context."""
    if _has_sign_in(generator.urlconf):
        sign_in.merge(result)
    operations = [
        part for item in result["paths"].values() for part in item.values() if isinstance(part, dict)
    ]
    tags = {tag for operation in operations for tag in operation.get("tags", [])}
    result["tags"] = [{"name": tag} for tag in sorted(tags)]
    return result


def _has_sign_in(urlconf: str | None) -> bool:
    """Return whether the URLs drawn here have allauth among them."""
    try:
        return bool(reverse("headless:openapi_yaml", urlconf=urlconf))
    except NoReverseMatch:
        return False


def _usual_refusals(operation: Operation) -> list[type[Refusal]]:
    """Return what the edge itself refuses before the endpoint runs."""
    found: list[type[Refusal]] = [parsing.QueryInvalid]
    if operation.body is not None:
        found += [
            parsing.BodyInvalid,
            parsing.JsonInvalid,
            parsing.BodyTooLarge,
            parsing.MediaTypeUnsupported,
        ]
    if operation.declared.scope is not None:
        found += [Unauthorized, InsufficientScope]
    return [*found, Unavailable]


def _problem(description: str) -> Schema:
    """Return an answer that carries a problem."""
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


def _path_parameters(operation: Operation) -> list[Schema]:
    """Return the parameters in the path; numbers there are ids."""
    hints = operation.function.__annotations__
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _ID if hints.get(name) in (int, "int") else {"type": "string"},
        }
        for name in operation.path_names
    ]


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
        described = {"description": field.pop("description")} if "description" in field else {}
        drawn.append(
            {"name": name, "in": "query", "required": name in required, **described, "schema": field}
        )
    return drawn
