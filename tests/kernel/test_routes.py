"""Paths are found by how they begin, and lead where Django's own resolver leads."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

from config.serving.application import Application
from config.serving.routes import Routes
from tests.kit.requests import patterns

VALUES = {"id": "284736281736281", "client_uuid": "018f3a5d-7c2e-7b1a-9c4d-2e6f8a0b1c3d", "str": "like"}
PATHS = [
    "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1] or "str", "like"), path)
    for path, _ in patterns()
    if path.startswith("v1/")
]


def routes() -> Routes:
    return Application().routes


class TestRoutes:
    def test_lead_where_django_leads(self):
        known, resolver = routes(), get_resolver()

        for path in PATHS:
            expected = resolver.resolve(path)
            found = known.find(path) or expected
            assert (found.func, found.kwargs, found.route) == (
                expected.func,
                expected.kwargs,
                expected.route,
            )

    def test_know_all_paths_but_those_of_the_contract(self):
        known = routes()

        assert {path for path in PATHS if known.find(path) is None} == {"/v1/", "/v1/openapi.json"}

    @pytest.mark.parametrize(
        "path",
        ["", "/", "/v1", "/v1/", "/v1/me/", "/v1/posts/no-number", "/v1/nothing", "/healthz", "//v1/posts"],
    )
    def test_leave_everything_else_to_django(self, path):
        assert routes().find(path) is None

    def test_try_no_more_patterns_where_another_context_has_more(self):
        tried = []

        class Counted(URLPattern):
            def resolve(self, path):
                tried.append(path)
                return super().resolve(path)

        def counted(name: str) -> Counted:
            return Counted(RoutePattern(name, is_endpoint=True), lambda request: HttpResponse())

        known = Routes([counted(f"v1/stars/{n}") for n in range(9)] + [counted("v1/posts")])

        assert known.find("/v1/posts") is not None
        assert tried == ["v1/posts"]
