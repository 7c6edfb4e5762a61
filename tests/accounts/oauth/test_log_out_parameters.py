"""Whatever is sent to log a user out of an app, and anything at all to any endpoint of OAuth."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.accounts.kit import AUTHORIZE, BACK, CHALLENGE, LOG_OUT, REVOKE, SCOPES, TOKEN, USERINFO, VERIFIER

pytestmark = pytest.mark.django_db


class TestLogOut:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_never_fails(self, browser, app, method):
        junk = [
            "",
            "x",
            "\0",
            "ä",
            "x" * 2001,
            "http://[",
            "http://a:99999999/",
            "//",
            "a.b.c",
            "https://\u2100/",
        ]
        names = (
            "id_token_hint",
            "client_id",
            "post_logout_redirect_uri",
            "state",
            "logout_hint",
            "ui_locales",
        )

        for name in names:
            for value in junk:
                answer = getattr(browser, method)(LOG_OUT, {"client_id": app.id} | {name: value})
                assert answer.status_code in (200, 400), (name, value, answer)

    def test_says_so_when_the_address_is_none(self, browser, app):
        sent = {"client_id": app.id, "post_logout_redirect_uri": "http://["}
        answer = browser.get(LOG_OUT, sent)

        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (400, True)


names = st.sampled_from(
    [
        *(
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "claims",
        ),
        *("response_mode", "code_challenge", "code_challenge_method", "id_token_hint", "request", "resource"),
        *("grant_type", "code", "code_verifier", "client_secret", "refresh_token", "token", "access_token"),
        *("user", "scopes", "client", "post_logout_redirect_uri", "asked", "action", "next", "username"),
    ]
)


values = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["none", "openid", "code", "0", "{}", "null", "[]", "http://[::1", "%00", "authorization_code"]
    ),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)


PATHS = (AUTHORIZE, TOKEN, REVOKE, USERINFO, LOG_OUT)


class TestAnything:
    @seed(20261126)
    @effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.sampled_from(PATHS),
        st.sampled_from(["get", "post"]),
        st.lists(st.tuples(names, values), max_size=5),
    )
    def test_is_answered(self, browser, app, path, method, sent):
        honest = {
            "response_type": "code",
            "client_id": app.id,
            "client_secret": app.secret,
            "redirect_uri": BACK,
            "scope": SCOPES,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "code_verifier": VERIFIER,
            "grant_type": "client_credentials",
        }
        query = urlencode([*(honest | dict(sent)).items(), *sent[:1]], errors="surrogatepass")

        if method == "get":
            answer = browser.get(f"{path}?{query}")
        else:
            answer = browser.post(path, query, content_type="application/x-www-form-urlencoded")

        assert answer.status_code < 500
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/identity/", "/", BACK))
        assert not location.startswith("//")
