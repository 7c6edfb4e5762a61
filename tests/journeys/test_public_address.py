"""No header of a proxy or client says where this service is: BANYAN_PUBLIC_URL does, and nothing else."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from modules.accounts.models import User
from tests.kit.client import PASSWORD, Client

pytestmark = pytest.mark.django_db

PUBLIC = "https://social.example.org/api"
# All of them from 127.0.0.1, as a proxy on the same host sends them on.
HEADERS = [
    {"SCRIPT_NAME": "/zz"},
    {"Script-Name": "/zz"},
    {"PATH_INFO": "/zz"},
    {"SCRIPT_NAME": "/.well-known"},
    {"SCRIPT_NAME": "//evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X_Forwarded_Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Port": "666"},
    {"X-Forwarded-Prefix": "/zz"},
    {"X-Forwarded-For": "203.0.113.9"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "/zz"},
    {"X-Rewrite-URL": "/zz"},
    {"Host": "localhost:666"},
    {"Host": "localhost"},
]


@pytest.fixture
def url(stack) -> str:
    return str(stack.run_api(BANYAN_PUBLIC_URL=PUBLIC).url)


def get(url: str, path: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
    """Ask with headers as they are; return status, where the answer leads, and its body."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers.get("Location", ""), body


class TestHeaders:
    def test_change_nothing_of_what_is_told(self, url):
        for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
            status, _, plain = get(url, path, {})
            told = json.loads(plain)
            assert (status, told["issuer"]) == (200, PUBLIC)
            assert told["token_endpoint"] == f"{PUBLIC}/identity/o/api/token"

            assert {str(sent): get(url, path, sent)[::2] for sent in HEADERS} == {
                str(sent): (200, plain) for sent in HEADERS
            }

    def test_lead_nobody_elsewhere(self, url):
        owner = Client(url).sign_up("ada")
        app = {
            "name": "Reader",
            "type": "public",
            "redirect_uris": ["https://reader.example.org/back"],
            "scopes": ["openid"],
            "grant_types": ["authorization_code"],
        }
        app_id = owner.call("POST", "/v1/apps", app).body["id"]
        query = f"client_id={app_id}&redirect_uri=https%3A%2F%2Freader.example.org%2Fback&response_type=code"
        path = (
            f"/identity/o/authorize?{query}&scope=openid&code_challenge={'x' * 43}&code_challenge_method=S256"
        )

        plain = get(url, path, {})

        assert (plain[0], plain[1].startswith("/identity/login?next=%2Fidentity%2Fo%2Fauthorize")) == (
            302,
            True,
        )
        assert [get(url, path, sent)[1] for sent in HEADERS] == [plain[1]] * len(HEADERS)

    def test_of_another_host_are_refused(self, url):
        assert get(url, "/.well-known/openid-configuration", {"Host": "evil.example"})[0] == 400

    def test_stand_in_no_mail(self, url):
        from modules.mail.models import Mail

        Client(url).sign_up("ada")
        assert User.objects.count() == 1
        headers = {"X_Forwarded_Host": "evil.example", "SCRIPT_NAME": "/auth", "X_Forwarded_Proto": "https"}
        Client(url).call(
            "POST", "/auth/app/v1/auth/login", {"username": "ada", "password": PASSWORD}, **headers
        )
        Client(url).call(
            "POST", "/auth/app/v1/auth/password/request", {"email": "ada@example.org"}, **headers
        )

        texts = list(Mail.objects.values_list("text", flat=True))
        assert len(texts) == 2
        assert not [text for text in texts if "evil.example" in text or "127.0.0.1" in text]
