"""What the policy of a page lets its forms lead to (in a browser: tests/contract/test_hosted_forms.py)."""

import pytest
from allauth.idp.oidc.models import Client
from django.test import Client as Browser
from pydantic import ValidationError

from modules.accounts.api.pages.ways_out import find_asking_app, form_action, source_of
from modules.accounts.public import create_account
from modules.accounts.schemas import EditApp
from modules.kernel import clock

ADDRESSES = ["https://app.example.org/cb", "com.example.app:/cb", "http://127.0.0.1/cb"]
SOURCES = "'self' https://app.example.org com.example.app: http://127.0.0.1:*"


class TestSourceOf:
    @pytest.mark.parametrize(
        ("uri", "source"),
        [
            ("https://app.example.org/cb?x=1", "https://app.example.org"),
            ("https://app.example.org:8443/cb", "https://app.example.org:8443"),
            ("https://App.Example.org/cb", "https://app.example.org"),
            ("https://b\u00fccher.example/cb", "https://xn--bcher-kva.example"),
            # What no policy can name is named by its scheme, and ends no directive.
            ("https://my_app.example/cb", "https:"),
            ("https://a;b.example/cb", "https:"),
            ("https://[2001:db8::1]/cb", "https:"),
            ("http://[::1]:9/cb", "http:"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:*"),
            ("http://127.0.0.1:9/cb", "http://127.0.0.1:*"),
            ("http://localhost:9/cb", "http://localhost:*"),
            ("com.example.app:/cb", "com.example.app:"),
            ("com.example.app://cb", "com.example.app:"),
        ],
    )
    def test_names_what_browsers_compare(self, uri, source):
        assert source_of(uri) == source


class TestFormAction:
    def test_is_this_origin_where_no_app_asks(self):
        assert form_action(None) == "'self'"


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def app(self) -> Client:
        owner = create_account(username="ann", email=None, password=None, now=clock.now())
        app = Client(owner_id=owner.id, type=Client.Type.PUBLIC, created_at=clock.now(), secret="")
        app.set_redirect_uris(ADDRESSES)
        app.save()
        return app

    @pytest.mark.parametrize("page", ["login", "log-in-again"])
    def test_let_their_forms_lead_to_the_app_that_asks(self, app, page):
        target = f"/identity/o/authorize?client_id={app.id}"

        answer = Browser().get(f"/identity/{page}", {"next": target})

        assert f"form-action {SOURCES};" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("app_id", ["", "nobody", "%00", "x" * 200, "%ED%A0%80"])
    def test_lead_nowhere_for_an_app_that_is_none(self, app_id):
        target = f"/identity/o/authorize?client_id={app_id}"

        answer = Browser().get("/identity/login", {"next": target})

        assert answer.status_code == 200
        assert find_asking_app(target) is None
        assert "form-action 'self';" in answer.headers["Content-Security-Policy"]


class TestRedirectUris:
    @pytest.mark.parametrize(
        "uri",
        ["https://b\u00fccher.example/cb", "https://a.example:99999/", "https://a.example:x/", "https://[/"],
    )
    def test_are_in_ascii_and_have_a_port_that_there_is(self, uri):
        with pytest.raises(ValidationError, match="Send an address"):
            EditApp(redirect_uris=[uri])
