"""
A quarter of a megabyte of marks on one letter, in each text of each operation: nobody's worker stands still.

To normalize it would take minutes, in which the process answers nobody.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from django.test import Client

from modules.accounts.api.allauth.other_providers import _check_storable
from modules.accounts.services.sessions import issue_session_token
from modules.kernel import clock
from modules.kernel.limits import list_declared
from tests.kit.callers import make_world

CONTRACT = Path(__file__).parents[2] / "openapi" / "banyan.yaml"
# Marks of two classes by turns: all of them have to change places.
HEAP = "a" + "\u0301\u0327" * 60_000
# As much of it as is taken where strangers sign in, two bytes a mark.
SHORTER = HEAP[:16_000]
# What a whole answer may take, in seconds of this process; the heap alone takes a hundred times as long.
AT_MOST = 0.3
FILLED = {"email": "ada@example.org", "username": "ada", "password": "a long walk home"}


def bodies_of(part: dict[str, Any], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema of an object with all that it is made of."""
    if "$ref" in part:
        yield from bodies_of(whole["components"]["schemas"][part["$ref"].rpartition("/")[2]], whole)
    for kind in ("allOf", "oneOf", "anyOf"):
        for each in part.get(kind, []):
            yield from bodies_of(each, whole)
    if "properties" in part:
        yield part


def fields() -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    """Yield every member of every body: method, path, type of content, its name, the names beside it."""
    whole = yaml.load(CONTRACT.read_bytes(), yaml.CSafeLoader)
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            if not isinstance(operation, dict) or "requestBody" not in operation:
                continue
            for kind, content in operation["requestBody"].get("content", {}).items():
                names = {name for body in bodies_of(content["schema"], whole) for name in body["properties"]}
                for name in sorted(names):
                    yield method.upper(), path, kind, name, tuple(sorted(names))


def spent_on(ask: Callable[[], Any]) -> tuple[float, int]:
    before = time.process_time()
    answer = ask()
    return time.process_time() - before, answer.status_code


@pytest.fixture(autouse=True)
def wide_limits(settings):
    """Everything is counted, and nothing refused for it: names are folded where they are counted."""
    wide = [replace(limit, quota=1_000_000) for limit, _ in list_declared()]
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(*wide)


@pytest.mark.django_db
class TestEachText:
    def test_is_bounded_before_it_is_normalized(self):
        world, members = make_world(), list(fields())
        dear: dict[tuple[str, ...], float] = {}

        for method, path, kind, name, beside in members:
            is_json = kind.endswith("json")
            heap = HEAP if path.startswith("/v1/") else SHORTER
            # Of a form each byte takes three.
            heap = heap if is_json else heap[: len(heap) // 3]
            body = {each: FILLED.get(each, "x") for each in beside} | {name: heap}
            if path.endswith("/auth/login"):
                body.pop("email" if name != "email" else "username", None)
            url = path.replace("{client}", "app").format(**world.names())
            data = json.dumps(body, ensure_ascii=False) if is_json else urlencode(body)
            held = {"X-Session-Token": issue_session_token(world.owner.id, now=clock.now())}
            for headers in (held, {}):
                ask = partial(Client().generic, method, url, data, content_type=kind, headers=headers)
                took, status = spent_on(ask)
                assert status != 413
                if took > AT_MOST:
                    dear[method, path, name] = took

        assert len(members) > 60
        assert dear == {}

    def test_is_so_on_the_hosted_page(self):
        body = {"login": SHORTER, "password": "x" * 12}

        took, status = spent_on(partial(Client().post, "/identity/login", body))

        assert (status, took < AT_MOST) == (400, True)

    def test_is_refused_in_what_another_provider_says(self):
        with pytest.raises(ValueError, match="heap"):
            _check_storable({"name": HEAP[:1_200]})
