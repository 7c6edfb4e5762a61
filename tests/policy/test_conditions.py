"""A condition on a write is looked at, or the write refused; none is done as if it had not been sent."""

from __future__ import annotations

import pytest

from tests.kit.callers import credentials, make_world
from tests.kit.http import call
from tests.kit.requests import BODIES, routes

pytestmark = pytest.mark.django_db

WRITES = {route.id: route for route in routes() if route.method != "GET"}
LOOKED_AT = {"If-Match": {id for id, route in WRITES.items() if route.operation.spec.conditional}}


@pytest.mark.parametrize("sent", ["*", '"7.0123456789abcdef"'])
@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_a_condition_that_is_not_looked_at_is_refused(header, sent):
    world, answers = make_world(), {}
    headers = credentials("owner", world, None) | {header.replace("-", "_"): sent}
    for route in WRITES.values():
        if route.id not in LOOKED_AT.get(header, ()):
            body = BODIES.get(route.id)
            answer = call(route.method, route.url(world.names()), body, as_=None, **headers)
            errors = [(error["header"], error["code"]) for error in answer.body["errors"]]
            answers[route.id] = (answer.status, answer.body["code"], errors)

    # One after the other, of what each would else have done away with: nothing is done.
    assert answers == dict.fromkeys(answers, (400, "header_invalid", [(header, "not_supported")]))
    assert len(answers) == len(WRITES) - len(LOOKED_AT.get(header, ()))


def test_some_are_looked_at():
    assert sorted(LOOKED_AT["If-Match"]) == [
        *("edit_app", "edit_list", "edit_me", "edit_media", "edit_notification_preferences", "edit_post")
    ]
