"""What is one person's alone is in no answer to anybody else, whatever else is asked."""

from __future__ import annotations

import json
from functools import cache, partial

import pytest

from modules.accounts.services.principals import forget_kept
from tests.kit.callers import CALLERS, credentials, make_world
from tests.kit.canaries import find_in_text
from tests.kit.http import call
from tests.kit.people import Person, sign_up_by_password
from tests.kit.requests import BODIES, routes

pytestmark = pytest.mark.django_db

OTHERS = [caller for caller in CALLERS if caller not in ("owner", "token", "service", "on_behalf")]
AUTH = "/auth/app/v1/auth"


@pytest.fixture
def ada() -> Person:
    """Somebody who signed up as people do: with an address and a password, both of them canaries."""
    return sign_up_by_password("ada")


class TestAnswers:
    def test_to_others_hold_nothing_private(self, ada):
        world = make_world()
        names = world.names() | {"user_id": str(ada.id), "owner": str(ada.id), "username": "ada"}
        found = {}
        for caller in OTHERS:
            headers = cache(partial(credentials, caller, world))
            for route in routes():
                forget_kept()
                body, own = BODIES.get(route.id), headers(route.operation.spec.scope)
                answer = call(route.method, route.url(names), body, as_=None, If_Match="*", **own)
                found[route.id, caller] = find_in_text(json.dumps(answer.body) + str(answer.headers))

        assert found == {(route.id, caller): [] for route in routes() for caller in OTHERS}

    def test_of_sign_in_show_an_address_to_its_owner_alone(self, ada):
        own = call("GET", f"{AUTH}/session", as_=ada)
        taken = call(
            "POST", f"{AUTH}/signup", {"username": "ada", "email": "ada@example.org", "password": "short"}
        )
        wrong = call("POST", f"{AUTH}/login", {"email": "ada@example.org", "password": "not her password"})

        assert find_in_text(json.dumps(own.body)) == ["@example.org"]
        assert [find_in_text(json.dumps(answer.body)) for answer in (taken, wrong)] == [[], []]
