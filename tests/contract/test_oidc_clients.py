"""OpenID Connect by clients that others wrote, from discovery to log-out: a server's, and a page's."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from deploy.embedded.layout import ROOT
from tests.contract.third_party import BACK, log_in, register
from tests.kit.client import Client
from tests.kit.machines import until

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent / "oidc"
TOOLS = ROOT / "openapi" / "tools"
LIBRARY = TOOLS / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.js"
# Node and npm come with this environment, whatever the caller's PATH says.
BIN = Path(sys.executable).parent
SCOPES = ["openid", "profile", "read:profiles"]
BYE = "http://127.0.0.1:9/bye"


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """Have the clients where `make contract` installs them."""
    if not LIBRARY.exists():
        subprocess.run([BIN / "npm", "ci", "--ignore-scripts", "--silent"], cwd=TOOLS, check=True)


@pytest.fixture
def page(tab) -> Page:
    return tab


def call_me(url: str, token: str) -> int:
    return httpx.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def issuer_of(url: str) -> str:
    """Return the address by which clients know the service, as they have to be told."""
    return str(httpx.get(f"{url}/.well-known/openid-configuration").json()["issuer"])


def allow(page: Page) -> None:
    """Log Ada in, and let the app in."""
    log_in(page)
    page.get_by_role("button", name="Allow").click()


class Talk:
    """A program of the other side, which says and hears a JSON object a line."""

    def __init__(self, script: str, **env: str) -> None:
        self._program = subprocess.Popen(
            [BIN / "node", HERE / script],
            env={**env, "TOOLS": str(TOOLS), "PATH": str(BIN)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        if not line:
            raise AssertionError(self._program.communicate()[1])
        return dict(json.loads(line))

    def say(self, **said: str) -> dict[str, Any]:
        """Say something and return the answer."""
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps(said) + "\n")
        self._program.stdin.flush()
        return self.hear()

    def close(self) -> None:
        self._program.kill()
        self._program.communicate()


class TestOpenidClient:
    def test_goes_the_whole_way(self, stack, page):
        api = stack.run_api()
        ada = Client(api.url).sign_up("ada")
        app = register(ada, scopes=SCOPES, post_logout_redirect_uris=[BYE])
        talk = Talk(
            "openid_client.mjs",
            BANYAN_URL=issuer_of(api.url),
            CLIENT_ID=app["id"],
            CLIENT_SECRET=app["secret"],
            REDIRECT_URI=BACK,
            LOG_OUT_URI=BYE,
        )

        page.goto(talk.hear()["ask"])
        with page.expect_request(lambda request: request.url.startswith(BACK)) as sent:
            allow(page)
        done = talk.say(back=sent.value.url)
        assert (done["claims"]["sub"], done["who"]["preferred_username"]) == (ada.id, "ada")
        assert (done["isSame"], call_me(api.url, done["access"])) == (True, 200)
        assert isinstance(done["claims"]["auth_time"], int)

        page.goto(done["out"])
        with page.expect_request(lambda request: request.url.startswith(BYE)) as left:
            page.get_by_role("button", name="Log out").click()
        late = talk.say(out=left.value.url)["late"]
        talk.close()

        assert parse_qs(urlsplit(left.value.url).query) == {"state": ["bye"]}
        assert late == "invalid_grant"
        until(lambda: call_me(api.url, done["access"]) == 401, within=3)
        page.goto(f"{api.url}/identity/login")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


@pytest.fixture
def app_server() -> Iterator[Any]:
    """A server of an app that is nothing but a page: every address is the page, and it brings its library."""
    served = {"page": ""}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_library = self.path == "/oidc-client-ts.js"
            body = LIBRARY.read_bytes() if is_library else served["page"].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_library else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    served["origin"] = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()


def said(page: Page) -> dict[str, Any]:
    """Return what the page's client came to."""
    page.wait_for_function("window.said")
    return dict(page.evaluate("window.said"))


class TestOidcClientTs:
    def test_goes_the_whole_way_in_a_page_of_another_origin(self, stack, page, app_server):
        origin = app_server["origin"]
        api = stack.run_api(BANYAN_CORS_ORIGINS=origin)
        ada = Client(api.url).sign_up("ada")
        app = register(
            ada,
            type="public",
            scopes=SCOPES,
            redirect_uris=[f"{origin}/back"],
            post_logout_redirect_uris=[f"{origin}/bye"],
            grant_types=["authorization_code", "refresh_token"],
        )
        filled = (HERE / "page.html").read_text().replace("AUTHORITY", issuer_of(api.url))
        app_server["page"] = filled.replace("CLIENT_ID", app["id"])

        page.goto(origin)
        page.evaluate("void manager.signinRedirect()")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        allow(page)
        page.wait_for_url(f"{origin}/back?*")
        user = said(page)
        assert (user.get("fault"), user["profile"]["preferred_username"]) == (None, "ada")
        assert call_me(api.url, user["access_token"]) == 200

        # Two tabs renew in the same moment.
        both = page.evaluate(
            "Promise.all([manager.signinSilent(), new UserManager(manager.settings).signinSilent()])"
        )
        assert both[0]["access_token"] == both[1]["access_token"] != user["access_token"]
        renewed = both[0]["access_token"]
        assert call_me(api.url, renewed) == 200

        page.evaluate("void manager.signoutRedirect({ state: 'bye' })")
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url(f"{origin}/bye*")

        assert said(page) == {"out": True}
        until(lambda: call_me(api.url, renewed) == 401, within=3)

    def test_signs_out_by_revoking_what_it_holds(self, stack, page, app_server):
        origin = app_server["origin"]
        api = stack.run_api(BANYAN_CORS_ORIGINS=origin)
        ada = Client(api.url).sign_up("ada")
        grants = ["authorization_code", "refresh_token"]
        app = register(
            ada, type="public", scopes=SCOPES, redirect_uris=[f"{origin}/back"], grant_types=grants
        )
        filled = (HERE / "page.html").read_text().replace("AUTHORITY", issuer_of(api.url))
        app_server["page"] = filled.replace("CLIENT_ID", app["id"])
        page.goto(origin)
        page.evaluate("void manager.signinRedirect()")
        allow(page)
        page.wait_for_url(f"{origin}/back?*")
        user = said(page)
        assert call_me(api.url, user["access_token"]) == 200

        page.evaluate("manager.revokeTokens()")

        until(lambda: call_me(api.url, user["access_token"]) == 401, within=3)
