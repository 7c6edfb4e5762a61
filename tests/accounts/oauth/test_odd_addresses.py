"""Addresses that are hard to take apart: as registered they work, as sent they are refused."""

from __future__ import annotations

import pytest
from django.test import Client

from config.env import _origins
from tests.accounts.kit import AUTHORIZE, LOG_OUT, SCOPES, asking, fetch, hidden, make_app, refresh

pytestmark = pytest.mark.django_db

BROKEN = ["http://[::1", "https://[", "//[x]/", "http://[::1]x/", "http://a\u2100b.example/", "https://]/"]


def grant(browser: Client, app, uri: str) -> str:
    """Let an app in; return where its user is sent back to."""
    page = browser.get(asking(app, redirect_uri=uri)).content.decode()
    form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "request")}
    return browser.post(AUTHORIZE, form | {"scopes": SCOPES.split(), "action": "grant"})["Location"]


class TestRegistered:
    @pytest.mark.parametrize(
        "uri",
        [
            "https://app.example.org/cb?error=1",
            "https://app.example.org/cb?code=1",
            "https://app.example.org/cb?code=1&error=&state=2",
            "https://app.example.org/cb?",
        ],
    )
    def test_query_is_no_answer_of_ours(self, ada, browser, uri):
        app = make_app(ada.id, redirect_uris=[uri])
        location = grant(browser, app, uri)
        code = location.rpartition("code=")[2].partition("&")[0]

        given = fetch(app, code=code, redirect_uri=uri)

        assert given.status_code == 200
        assert refresh(app, given.json()["refresh_token"]).status_code == 200

    @pytest.mark.parametrize("port", ["1", "11", "65535"])
    @pytest.mark.parametrize("host", ["[::1]", "127.0.0.1"])
    def test_loopback_goes_with_any_port(self, ada, browser, host, port):
        app = make_app(ada.id, redirect_uris=[f"http://{host}/b"])

        assert browser.get(asking(app, redirect_uri=f"http://{host}:{port}/b")).status_code == 200
        assert browser.get(asking(app, redirect_uri=f"http://{host}:{port}/b1")).status_code == 400


class TestBroken:
    @pytest.mark.parametrize("uri", BROKEN)
    def test_address_leads_nowhere(self, app, browser, uri):
        assert browser.get(asking(app, redirect_uri=uri)).status_code == 400
        sent = {"client_id": app.id, "post_logout_redirect_uri": uri}
        assert browser.get(LOG_OUT, sent).status_code == 400

    @pytest.mark.parametrize("uri", BROKEN)
    def test_address_is_none_for_another_provider_to_lead_back_to(self, uri, settings, db):
        settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}
        refused, broken = (
            Client().post(
                "/auth/browser/v1/auth/provider/redirect",
                {"provider": "github", "process": "login", "callback_url": back},
            )
            for back in ("https://evil.example/", uri)
        )

        assert (broken.status_code, broken["Location"]) == (302, refused["Location"])
        assert broken["Location"].startswith(f"{settings.FRONTEND_URL}/log-in?error=")

    @pytest.mark.parametrize("uri", BROKEN)
    def test_origin_is_refused_to_operators_with_the_reason(self, uri):
        with pytest.raises(Exception, match=r"expected https://app\.example\.org"):
            _origins(uri)

    @pytest.mark.parametrize("path", ["/\u0416", "/a b", "/\\x", "/#x", "/<"])
    def test_log_out_leads_to_what_is_an_address(self, ada, path):
        app = make_app(ada.id, redirect_uris=["https://app.example.org/cb"])

        answer = Client().get(
            LOG_OUT, {"client_id": app.id, "post_logout_redirect_uri": f"https://app.example.org{path}"}
        )

        assert (answer.status_code, answer.headers.get("Location")) == (400, None)
