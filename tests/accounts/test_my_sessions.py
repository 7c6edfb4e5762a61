"""Where somebody is logged in: they see it, and end it."""

from __future__ import annotations

import pytest

from modules.accounts.models import Session
from modules.accounts.services.principals import forget_kept
from modules.kernel.redis.servers import redis
from tests.kit.delivery import announced
from tests.kit.http import Http, Response
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

LOG_IN = {"username": "ada", "password": PASSWORD}
PHONE, TABLET = "Banyan/1.0 (phone)", "Banyan/1.0 (tablet)"


@pytest.fixture
def phone(ada):
    return Device(PHONE)


@pytest.fixture
def tablet(ada):
    return Device(TABLET)


class Device:
    """An app where Ada is logged in."""

    def __init__(self, agent: str) -> None:
        self.http = Http()
        self.agent = agent
        answer = self.http("POST", "/auth/app/v1/auth/login", LOG_IN, User_Agent=agent)
        self.token = answer.body["meta"]["session_token"]

    def __call__(self, method: str, path: str):
        return self.http(method, path, X_Session_Token=self.token)

    def sessions(self):
        return self("GET", "/v1/me/sessions").body["data"]

    def is_in(self) -> bool:
        forget_kept()
        answer: Response = self("GET", "/v1/me")
        return answer.status == 200


class TestList:
    def test_shows_each_with_where_it_came_from(self, phone, tablet):
        seen = phone.sessions()

        assert [(each["user_agent"], each["is_current"]) for each in seen] == [(TABLET, False), (PHONE, True)]
        assert {each["address"] for each in seen} == {"127.0.0.1"}
        assert all(each["created_at"] <= each["last_seen_at"] < each["expires_at"] for each in seen)

    def test_shows_no_key_and_nothing_of_others(self, phone, make_account):
        make_account("grace", email="grace@example.org", password=PASSWORD)
        body = {"username": "grace", "password": PASSWORD}
        token = Http()("POST", "/auth/app/v1/auth/login", body).body["meta"]["session_token"]

        answer = phone("GET", "/v1/me/sessions")

        assert len(answer.body["data"]) == 1
        assert phone.token not in str(answer.body)
        assert token not in str(answer.body)

    def test_bears_a_long_and_strange_user_agent(self, ada):
        device = Device("x" * 500 + "é")

        assert [each["user_agent"] for each in device.sessions()] == ["x" * 200]

    def test_knows_the_session_of_a_browser(self, ada):
        browser = Http()
        browser("GET", "/auth/browser/v1/config")
        browser("POST", "/auth/browser/v1/auth/login", LOG_IN, X_CSRFToken=browser.csrf, User_Agent="Firefox")

        [seen] = browser("GET", "/v1/me/sessions").body["data"]

        assert (seen["user_agent"], seen["is_current"]) == ("Firefox", True)


class TestEnd:
    def test_logs_out_there_and_not_here(self, phone, tablet):
        [other] = [each["id"] for each in phone.sessions() if not each["is_current"]]

        assert phone("DELETE", f"/v1/me/sessions/{other}").status == 204

        assert (phone.is_in(), tablet.is_in()) == (True, False)
        assert [event["session_id"] for event in announced("accounts.session_ended.v1")] == [int(other)]

    def test_of_what_is_cached_is_known_at_once(self, phone, tablet):
        assert tablet.is_in()
        [other] = [each["id"] for each in phone.sessions() if not each["is_current"]]

        phone("DELETE", f"/v1/me/sessions/{other}")

        assert redis("directory").run(("EXISTS", f"auth:ended:{other}")) == [1]
        assert not tablet.is_in()

    def test_of_what_is_not_one_s_own_is_refused(self, phone, make_account):
        stranger = make_account("grace")
        row = Session.objects.get()
        Session.objects.filter(id=row.id).update(user_id=stranger.id)
        device = Device(TABLET)

        for session_id in (row.id, 12345):
            answer = device("DELETE", f"/v1/me/sessions/{session_id}")
            assert (answer.status, answer.body["code"]) == (404, "session_not_found")
        assert Session.objects.filter(id=row.id).exists()

    def test_of_all_others_keeps_this_one(self, phone, tablet):
        third = Device("third")

        assert phone("DELETE", "/v1/me/sessions").status == 204

        assert (phone.is_in(), tablet.is_in(), third.is_in()) == (True, False, False)
        assert phone("DELETE", "/v1/me/sessions").status == 204
