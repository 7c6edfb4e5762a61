"""
Allauth's own contract as a part of ours: sign-up, log-in and the rest under `/auth/`.

It is written for OpenAPI 3.0.3 and has no operation ids; both are mended here, as is what it says that is
not so, and everything that no operation of it reaches is left out. Alternatives of objects become one object,
and bodies and answers stand where they are used, for a name is a schema's alone: other people's generators
stumble over both. `get_schema` is internal to allauth: the lock pins its version.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.headless.constants import Flow

from modules.accounts.api.allauth.internals import get_schema
from modules.accounts.errors import DoneMeanwhile
from modules.kernel.errors import BadRequest, Forbidden, NotFound, Unauthorized, Unavailable
from modules.kernel.http import parsing, problems, strict_json
from modules.kernel.limits import LimitReached
from openapi import codes, examples, sign_in_bodies
from openapi.alternatives import Uniter
from openapi.components import IDEMPOTENCY_KEY, Schema
from openapi.phones import without_phones
from sharding.errors import InFlight, KeyReused

TAG = "auth"
_METHODS = ("get", "post", "put", "patch", "delete")
# The session token is a kind of credentials; a flow is begun without it and may go on with it.
_SECURITY: list[Schema] = [{"sessionToken": []}, {"browserSession": []}, {}]
# What our own edge answers before allauth is asked: always, to what may be forged, to what has a body.
_OF_EDGE = (NotFound, BadRequest, LimitReached, Unavailable)
_OF_WRITES = (Unauthorized, Forbidden)
_OF_BODIES = (parsing.BodyInvalid, strict_json.JsonInvalid, parsing.BodyTooLarge)
_INPUT_ERROR: Schema = {
    "description": "An input error occurred.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
}
_DELICATE = {"email": ("post", "patch", "delete"), "providers": ("delete",), "password/change": ("post",)}
_SIGN_UP = "/auth/signup"
# What brings a code that works once.
_CODES = ("/auth/email/verify", "/auth/password/reset")
_AUTHENTICATION = (
    "What is needed to be logged in, or to do what asks who is logged in for a proof of it again."
)
_REFERENCE = re.compile(r"#/components/(\w+)/(\w+)")


def merge(contract: Schema) -> None:
    """Add allauth's paths, and the components that they reach, to the contract."""
    of_library: Schema = get_schema()
    of_library["paths"] = {path: item for path, item in of_library["paths"].items() if "/phone" not in path}
    of_library = without_phones(of_library)
    _correct(of_library)
    sign_in_bodies.correct(of_library["components"])
    of_library = Uniter(of_library).write(of_library)
    of_library = _inline(of_library, of_library["components"])
    anybody = of_library["components"]["responses"]["Authentication"]
    for path, item in of_library["paths"].items():
        for method, operation in _operations(item):
            operation["operationId"] = _name(method, path)
            operation["summary"] = operation["summary"].strip()
            operation["tags"] = [TAG]
            if "requestBody" in operation:
                operation["responses"].setdefault("400", _INPUT_ERROR)
            _secure(operation)
            kinds: list[type[Exception]] = [*_OF_EDGE, *(_OF_WRITES if method != "get" else ())]
            kinds += _OF_BODIES if "requestBody" in operation else ()
            operation["responses"].setdefault("401", anybody)
            kinds += _offer_key(operation) if path.endswith(_SIGN_UP) else ()
            kinds += (DoneMeanwhile,) if method == "post" and path.endswith(_CODES) else ()
            _add_problems(operation, kinds, contract)
        contract["paths"][path] = _mend(item)
    for section, name in sorted(_reachable(of_library)):
        part = contract["components"].setdefault(section, {})
        part[f"Auth{name}"] = _mend(of_library["components"][section][name])


def _correct(of_library: Schema) -> None:
    """Put right what allauth says of itself and does not do."""
    parts = of_library["components"]
    # Its example is of an earlier version, and so is one name that it requires.
    del parts["schemas"]["ConfigurationResponse"]["example"]
    for holder in (
        parts["schemas"]["AccountConfiguration"],
        *parts["schemas"]["AuthenticationMethod"]["oneOf"],
    ):
        holder["required"] = [name for name in holder["required"] if name in holder["properties"]]
    # The example there is of a 401.
    parts["responses"]["SessionGone"]["content"]["application/json"].pop("examples")
    flow = parts["schemas"]["Flow"]["properties"]
    flow["id"]["enum"] = without_phones(sorted(known.value for known in Flow))
    del flow["is_pending"]["enum"]
    # Of a log-in that never began it says null.
    parts["schemas"]["AuthenticationMeta"]["allOf"][1]["properties"]["is_authenticated"]["nullable"] = True
    # Who is not logged in at all gets the flows of logging in, where it promises those of doing so again:
    # both are one shape, under the name of the wider one.
    asked = [parts["schemas"].pop(name) for name in ("AuthenticationResponse", "ReauthenticationResponse")]
    parts["schemas"]["AuthenticationResponse"] = {"description": _AUTHENTICATION, "anyOf": asked}
    _rename(of_library, "ReauthenticationResponse", "AuthenticationResponse")
    # Here these ask for it as well.
    for path, methods in _DELICATE.items():
        for method in methods:
            operation = of_library["paths"].get(f"/auth/{{client}}/v1/account/{path}", {}).get(method)
            if operation:
                operation["responses"]["401"] = {"$ref": "#/components/responses/ReauthenticationRequired"}
    # A code is sent in the body; the header is of links.
    for header in parts["parameters"].values():
        if header["name"] == "X-Password-Reset-Key":
            header["required"] = False
    # A line of it has slipped into the message above it.
    [error] = parts["examples"]["CannotGenerateRecoveryCodes"]["value"]["errors"]
    error["message"], _, error["code"] = error["message"].strip().partition("\ncode: ")
    recovery = (
        of_library["paths"].get("/auth/{client}/v1/account/authenticators/recovery-codes", {}).get("post")
    )
    if recovery:
        recovery["responses"]["200"] = {"$ref": "#/components/responses/RecoveryCodes"}
    change = of_library["paths"].get("/auth/{client}/v1/account/password/change", {}).get("post")
    if change:
        change["responses"]["200"] = {"$ref": "#/components/responses/AuthenticatedByPassword"}


def _rename(part: Any, old: str, new: str) -> None:
    """Lead every reference to a schema to another one."""
    for each in part if isinstance(part, list) else part.values():
        if isinstance(each, dict) and each.get("$ref") == f"#/components/schemas/{old}":
            each["$ref"] = f"#/components/schemas/{new}"
        elif isinstance(each, dict | list):
            _rename(each, old, new)


def _inline(part: Any, components: Schema) -> Any:
    """Return a part with the bodies and answers that it refers to in their place."""
    if isinstance(part, list):
        return [_inline(each, components) for each in part]
    if not isinstance(part, dict):
        return part
    match = _REFERENCE.fullmatch(str(part.get("$ref", "")))
    if match and match[1] in ("requestBodies", "responses"):
        return _inline(components[match[1]][match[2]], components)
    return {name: _inline(each, components) for name, each in part.items()}


def _offer_key(operation: Schema) -> tuple[type[Exception], ...]:
    """Say that an operation takes an Idempotency-Key, and return what may be said of one."""
    meaning = "Makes a repeat harmless: it makes no second account, and gets a session of the one it made."
    operation["parameters"].append({**IDEMPOTENCY_KEY, "description": meaning})
    return InFlight, KeyReused


def _secure(operation: Schema) -> None:
    """Say that a session token may be sent as credentials, not as just a header."""
    operation["security"] = _SECURITY
    kept = [
        each for each in operation.get("parameters", []) if not each.get("$ref", "").endswith("/SessionToken")
    ]
    operation["parameters"] = kept


def _add_problems(operation: Schema, kinds: Iterable[type[Exception]], contract: Schema) -> None:
    """Add what our own edge answers in allauth's stead."""
    for kind in kinds:
        problem = codes.problem_of(kind)
        status = str(problem.status)
        known = operation["responses"].get(status, {"description": "Refused before sign-in is asked."})
        content = known.get("content", {})
        shown = content.get(problems.CONTENT_TYPE, {}).get("examples", {})
        example = {problem.code: {"$ref": f"#/components/examples/{problem.code}"}}
        media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {**shown, **example}}
        operation["responses"][status] = {**known, "content": {**content, problems.CONTENT_TYPE: media}}
        contract["components"].setdefault("examples", {})[problem.code] = examples.of_problem(problem)


def _operations(item: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the operations of a path."""
    return ((method, item[method]) for method in _METHODS if method in item)


def _name(method: str, path: str) -> str:
    """Return an operation id: the verb, then what it is done to."""
    verb = {"get": "get", "post": "post", "put": "replace", "patch": "change", "delete": "end"}[method]
    words = re.sub(r"^/auth/(\{client\}|app)/v1/|\W+", " ", path).split()
    return "_".join([TAG, verb, *[word for word in words if word != TAG]])


def _mend(part: Any) -> Any:
    """Return a part with its references led to our names, and what 3.0 said of null said as 3.1 does."""
    if isinstance(part, list):
        return [_mend(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"allOf"} and len(part["allOf"]) == 1:
        return _mend(part["allOf"][0])
    mended = {key: _mend(value) for key, value in part.items()}
    if isinstance(mended.get("$ref"), str):
        mended["$ref"] = _REFERENCE.sub(_to_ours, mended["$ref"])
    # Its alternatives overlap, so that "exactly one of" refuses what it answers.
    if "oneOf" in mended:
        mended["anyOf"] = mended.pop("oneOf")
    if mended.pop("nullable", False) and isinstance(mended.get("type"), str):
        mended["type"] = [mended["type"], "null"]
    return mended


def _to_ours(reference: re.Match[str]) -> str:
    """Return a reference to allauth's component under its name here; problems are ours already."""
    section, name = reference.groups()
    return f"#/components/{section}/{name if _is_ours(section, name) else f'Auth{name}'}"


def _is_ours(section: str, name: str) -> bool:
    """Return whether a component is one that `_add_problems` put into allauth's operations."""
    kinds = (*_OF_EDGE, *_OF_WRITES, *_OF_BODIES, InFlight, KeyReused, DoneMeanwhile)
    named = {codes.problem_of(kind).code for kind in kinds}
    return (section, name) == ("schemas", "Problem") or (section == "examples" and name in named)


def _reachable(of_library: Schema) -> set[tuple[str, str]]:
    """Return section and name of every component that a path leads to."""
    found: set[tuple[str, str]] = set()
    ahead = set(_references(of_library["paths"]))
    while ahead:
        found |= ahead
        reached = [of_library["components"][section][name] for section, name in ahead]
        ahead = set(_references(reached)) - found
    return found


def _references(part: Any) -> Iterator[tuple[str, str]]:
    """Yield section and name of every component that a part names."""
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
    elif isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str) and (match := _REFERENCE.fullmatch(reference)):
            yield from () if _is_ours(*match.groups()) else [(match[1], match[2])]
        yield from _references(list(part.values()))
