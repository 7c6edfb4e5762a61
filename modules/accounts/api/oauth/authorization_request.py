"""
What an app asks of a user at the authorization endpoint (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2).

What is not offered is refused, not overlooked; what is only a wish (`claims`, `acr_values`, `display`,
`ui_locales`, `login_hint`) may be overlooked, as OpenID Connect says.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.idp.oidc.models import Client
from django.http import QueryDict

from modules.accounts.api.allauth.internals import decode_jwt_token
from modules.accounts.api.oauth.parameters import (
    PROOF,
    Wrong,
    check_readable,
    check_resources,
    is_odd,
    is_registered,
    words_of,
)

NAMES = (
    *("response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "resource"),
    *("code_challenge", "code_challenge_method", "nonce", "prompt", "max_age", "claims", "id_token_hint"),
    *("login_hint", "acr_values", "display", "ui_locales", "request", "request_uri", "registration"),
)
# What the library sees of it.
PASSED_ON = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "prompt"),
    *("code_challenge", "code_challenge_method"),
)
NOT_SUPPORTED = ("request", "request_uri", "registration")
NO_APP = "There is no such app."
PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class NoWayBack(Exception):
    """The user cannot be sent back to an app: it is unknown, or the address is not one of its own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where the user may be sent back to, whatever else is wrong."""

    app: Client
    redirect_uri: str
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked beyond a code: how fresh the log-in has to be, and whose."""

    prompts: frozenset[str]
    max_age: int | None
    subjects: frozenset[str]

    @property
    def is_silent(self) -> bool:
        """Return whether nothing may be shown to the user."""
        return "none" in self.prompts

    @property
    def wants_log_in(self) -> bool:
        """Return whether the user is to log in though they are: anew, or as somebody else."""
        return bool(self.prompts & {"login", "select_account"})


def find_caller(sent: QueryDict) -> Caller:
    """
    Return who asks.

    :raises NoWayBack: if there is no address to send an error to
    """
    try:
        check_readable(sent, ("client_id", "redirect_uri"))
    except Wrong as wrong:
        raise NoWayBack(wrong.detail) from wrong
    app = Client.objects.filter(id=sent.get("client_id", ""), owner__is_active=True).first()
    if app is None:
        raise NoWayBack(NO_APP)
    redirect_uri = sent.get("redirect_uri", "")
    if not is_registered(redirect_uri, app.get_redirect_uris()):
        raise NoWayBack("The app sent you here with an address that it has not registered.")
    state, *more = [str(value) for value in sent.getlist("state")] or [""]
    return Caller(app, redirect_uri, "" if more or is_odd(state) else state)


def read(sent: QueryDict, caller: Caller) -> Asked:
    """
    Return what is asked.

    :raises Wrong: if it is more than is offered, or makes no sense
    """
    check_readable(sent, NAMES)
    for name in NOT_SUPPORTED:
        if name in sent:
            raise Wrong(f"{name}_not_supported", "Send each parameter by itself, in the query.")
    _check_code_flow(sent)
    check_resources(sent)
    _check_scope(sent, caller.app)
    subjects = {*_subjects_of_claims(sent.get("claims")), *_subject_of_hint(sent, caller.app)}
    return Asked(_prompts(sent), _max_age(sent.get("max_age")), frozenset(subjects))


def _check_code_flow(sent: QueryDict) -> None:
    if not sent.get("response_type"):
        raise Wrong("invalid_request", "Send response_type=code.")
    if sent["response_type"] != "code":
        raise Wrong("unsupported_response_type", "Send response_type=code.")
    if sent.get("response_mode", "query") != "query":
        raise Wrong("invalid_request", "The one response_mode here is query.")
    if sent.get("code_challenge_method") != "S256":
        raise Wrong("invalid_request", "Send a code_challenge with code_challenge_method=S256.")
    if not PROOF.fullmatch(sent.get("code_challenge", "")):
        raise Wrong("invalid_request", "Send a code_challenge of 43 to 128 characters of A-Z a-z 0-9 . _ ~ -")


def _check_scope(sent: QueryDict, app: Client) -> None:
    unknown = [scope for scope in words_of(sent, "scope") if scope not in app.get_scopes()]
    if unknown or not words_of(sent, "scope"):
        raise Wrong("invalid_scope", "Send scopes that the app has registered.")


def _prompts(sent: QueryDict) -> frozenset[str]:
    prompts = frozenset(words_of(sent, "prompt"))
    if not prompts <= PROMPTS:
        raise Wrong("invalid_request", "A prompt is none, login, consent or select_account.")
    if "none" in prompts and len(prompts) > 1:
        raise Wrong("invalid_request", "The prompt none goes with no other.")
    if "none" in prompts and "openid" not in words_of(sent, "scope"):
        raise Wrong("invalid_request", "The prompt none belongs to OpenID Connect: ask for the scope openid.")
    return prompts


def _max_age(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Wrong("invalid_request", "A max_age is a number of seconds.")
    return int(text)


def _subjects_of_claims(text: str | None) -> Iterator[str]:
    """Yield who the app wants it to be; of its other wishes for claims none binds us."""
    if not text:
        return
    try:
        claims = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("invalid_request", "The parameter claims is a JSON object.") from error
    if not isinstance(claims, dict) or not all(
        part is None or isinstance(part, dict) for part in map(claims.get, ("id_token", "userinfo"))
    ):
        raise Wrong("invalid_request", "The parameter claims is a JSON object of id_token and userinfo.")
    for part in ("id_token", "userinfo"):
        yield from _named_by((claims.get(part) or {}).get("sub"))


def _named_by(wish: Any) -> Iterator[str]:
    if isinstance(wish, dict) and "value" in wish:
        yield str(wish["value"])


def _subject_of_hint(sent: QueryDict, app: Client) -> Iterator[str]:
    """Yield whom an ID token of this app is about, be it expired."""
    hint = sent.get("id_token_hint")
    if not hint:
        return
    said = decode_jwt_token(hint, client_id=app.id, verify_exp=False, verify_iss=True)
    if said is None:
        raise Wrong("invalid_request", "The id_token_hint is no ID token that this app got here.")
    yield str(said.get("sub"))
