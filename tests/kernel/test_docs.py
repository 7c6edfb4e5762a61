"""The contract and its pages are served by this process alone."""

import hashlib
import re

import pytest
from django.core.management import call_command

from modules.kernel.errors import Refusal
from openapi import pages


class TestOpenapi:
    def test_is_json_that_may_be_kept(self, api):
        answer = api.get("/v1/openapi.json")

        assert answer.json()["openapi"] == "3.1.1"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "public, max-age=300"

    @pytest.mark.parametrize("path", ["/v1/openapi.json", "/docs", "/docs/assets/start.js"])
    @pytest.mark.parametrize("sent", ["{}", 'W/{}, "x"', ', "x" ,{}', "*"])
    def test_is_not_sent_again_if_unchanged(self, api, path, sent):
        first = api.get(path)

        answer = api.get(path, if_none_match=sent.format(first.headers["ETag"]))

        assert (answer.status_code, answer.content) == (304, b"")
        told = ("ETag", "Cache-Control", "Content-Security-Policy")
        assert [answer.headers[name] for name in told] == [first.headers[name] for name in told]
        assert {"Content-Type", "Content-Length"} & set(answer.headers) == set()


class TestPage:
    def test_and_all_that_it_loads_come_from_here(self, api):
        page = api.get("/docs")

        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
        assert (page.status_code, len(loaded)) == (200, 4)
        assert {api.get(path).status_code for path in loaded} == {200}

    @pytest.mark.parametrize(
        "path", ["/docs", "/docs/errors", "/docs/oauth2-redirect.html", "/docs/assets/start.js"]
    )
    def test_names_no_other_host(self, api, path):
        assert not re.search(r"https?://", api.get(path).content.decode())

    def test_hands_the_code_of_an_authorization_back_with_a_script_from_here(self, api):
        page = api.get("/docs/oauth2-redirect.html")

        [script] = re.findall(r'src="([^"]+)"', page.content.decode())
        assert api.get(script).headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]

    def test_has_no_script_of_its_own(self, api):
        assert re.findall(r"<script>|\son\w+=", api.get("/docs").content.decode()) == []

    def test_sends_scripts_and_styles_as_such(self, api):
        kinds = {
            name: api.get(f"/docs/assets/{name}").headers["Content-Type"]
            for name in ("start.js", "swagger-ui.css")
        }

        assert kinds == {
            "start.js": "text/javascript; charset=utf-8",
            "swagger-ui.css": "text/css; charset=utf-8",
        }


class TestCollectedFiles:
    @pytest.fixture
    def _collected(self, settings, tmp_path):
        settings.SERVES_FILES_ITSELF = False
        settings.STATIC_URL = "https://cdn.example.org/banyan/"
        settings.STATIC_ROOT = str(tmp_path)
        pages._with_files.cache_clear()
        call_command("collectstatic", interactive=False, verbosity=0)
        yield
        pages._with_files.cache_clear()

    @pytest.mark.usefixtures("_collected")
    def test_are_named_after_their_content_and_loaded_from_a_cdn(self, api, tmp_path):
        page = api.get("/docs")

        loaded = re.findall(r'(?:src|href)="https://cdn.example.org/banyan/([^"]+)"', page.content.decode())
        assert [re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in loaded] == [
            "docs/favicon-32x32.png",
            "docs/swagger-ui.css",
            "docs/swagger-ui-bundle.js",
            "docs/start.js",
        ]
        for name in loaded:
            digest = hashlib.md5((tmp_path / name).read_bytes(), usedforsecurity=False).hexdigest()
            assert f".{digest[:12]}." in name
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self' https://cdn.example.org;" in policy


class TestErrorCodes:
    def test_name_every_refusal_once(self, api):
        page = api.get("/docs/errors").content.decode()

        codes = re.findall(r'<tr id="([^"]+)">', page)
        assert len(codes) == len(set(codes))
        assert {"thing_not_found", "cursor_invalid", "body_invalid", "insufficient_scope"} <= set(codes)
        assert Refusal.code not in codes

    def test_have_the_anchor_that_a_problem_points_to(self, api):
        anchor = api.get("/v1/errors/not_found").json()["type"].partition("#")[2]

        assert f'<tr id="{anchor}">' in api.get("/docs/errors").content.decode()


class TestTheRoot:
    @pytest.mark.parametrize("path", ["/", "/v1", "/v1/"])
    def test_tells_where_to_go_on(self, api, path):
        answer = api.get(path)

        assert answer.status_code == 200
        places = answer.json()
        assert places.pop("name") == "Banyan"
        assert places.pop("sign_in") == "/auth/app/v1/config"  # not among the paths of these tests
        assert {name: api.get(place).status_code for name, place in places.items()} == dict.fromkeys(
            places, 200
        )

    @pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
    def test_of_the_docs_is_found_with_a_slash_too_many(self, api, path):
        answer = api.get(f"{path}/")

        assert (answer.status_code, answer.headers["Location"]) == (308, path)
