"""A stolen session is not the account: what takes the person, and what the person hears of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from modules.accounts.models import Session, User
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import hash_key, issue_session_token
from modules.kernel import clock
from modules.mail.models import Mail
from tests.kit.http import Response
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

A = "/auth/app/v1"
EMAIL, TOTP = f"{A}/account/email", f"{A}/account/authenticators/totp"
CODES, PASSKEYS = f"{A}/account/authenticators/recovery-codes", f"{A}/account/authenticators/webauthn"
NEW_PASSWORD = "quite another password"
APP = {
    "name": "Reader",
    "type": "confidential",
    "redirect_uris": ["https://reader.example.org/back"],
    "scopes": ["read:profiles"],
    "grant_types": ["authorization_code"],
}
KEY = {"name": "nightly", "scopes": ["read:profiles"]}
Call = Callable[..., Response]


@pytest.fixture
def session(http, ada) -> Call:
    """Ada's session, just logged in; she has a second address that is verified and one that is not."""
    for name, verified in (("second", True), ("unproven", False)):
        EmailAddress.objects.create(user_id=ada.id, email=f"{name}@example.org", verified=verified)
    return log_in(http)


def log_in(http) -> Call:
    answer = http("POST", f"{A}/auth/login", {"username": "ada", "password": PASSWORD})
    return holding(http, answer.body["meta"]["session_token"])


def holding(http, token: str) -> Call:
    def call(method: str, path: str, body: object = None, **headers: str) -> Response:
        answer: Response = http(method, path, body, X_Session_Token=token, **headers)
        return answer

    call.token = token  # type: ignore[attr-defined]
    return call


def reauthenticate(session: Call) -> None:
    assert session("POST", f"{A}/auth/reauthenticate", {"password": PASSWORD}).status == 200


@pytest.fixture
def later() -> Iterator[None]:
    """Five minutes after the log-in."""
    with time_machine.travel(time.time() + 300):
        forget_kept()
        yield


def addresses() -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.order_by("id")
    return list(rows.values_list("email", "verified", "primary"))


def waiting() -> list[tuple[str, str]]:
    """To whom which mails wait, in the order of the addresses."""
    mails = sorted(Mail.objects.values_list("to", "subject"))
    Mail.objects.all().delete()
    return [(to, subject.removeprefix("[Banyan] ")) for to, subject in mails]


BOTH = ("ada@example.org", "second@example.org")


def told(subject: str) -> list[tuple[str, str]]:
    return [(address, subject) for address in BOTH]


class TestSignInSettings:
    """What decides who gets in; just logged in is not enough for it."""

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", EMAIL, {"email": "thief@example.org"}),
            ("PATCH", EMAIL, {"email": "second@example.org", "primary": True}),
            ("DELETE", EMAIL, {"email": "second@example.org"}),
            ("DELETE", EMAIL, {"email": "unproven@example.org"}),
        ],
    )
    def test_of_addresses_takes_the_password(self, session, method, path, body):
        before = addresses()

        answer = session(method, path, body)

        assert (answer.status, answer.body["data"]["flows"][0]) == (401, {"id": "reauthenticate"})
        assert (answer.body["meta"]["is_authenticated"], addresses(), waiting()) == (True, before, [])

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", TOTP, {"code": "now"}),
            ("DELETE", TOTP, None),
            ("GET", CODES, None),
            ("POST", CODES, {}),
            ("GET", PASSKEYS, None),
        ],
    )
    def test_of_second_factors_takes_the_person(self, http, session, method, path, body, ada):
        EmailAddress.objects.filter(verified=False).delete()
        secret = session("GET", TOTP).body["meta"]["secret"]
        if (method, path) != ("POST", TOTP):
            reauthenticate(session)
            assert session("POST", TOTP, {"code": code_of(secret)}).status == 200
            session = holding(http, issue_session_token(ada.id, now=clock.now()))
        before = list(Authenticator.objects.values_list("type", "data"))
        Mail.objects.all().delete()

        answer = session(method, path, body and {**body, "code": code_of(secret)})

        assert (answer.status, answer.body["data"]["flows"][0]) == (401, {"id": "reauthenticate"})
        assert (list(Authenticator.objects.values_list("type", "data")), waiting()) == (before, [])

    def test_is_open_for_five_minutes_after_reauthentication(self, session):
        reauthenticate(session)

        with time_machine.travel(time.time() + 295):
            early = session("POST", EMAIL, {"email": "third@example.org"}).status
        with time_machine.travel(time.time() + 305):
            late = session("POST", EMAIL, {"email": "fourth@example.org"}).status

        assert (early, late) == (200, 401)

    def test_does_not_take_the_session_of_who_has_no_password_for_the_person(self, http, ada):
        User.objects.filter(id=ada.id).update(password=make_password(None))
        session = holding(http, issue_session_token(ada.id, now=clock.now()))

        set_one = session("POST", f"{A}/account/password/change", {"new_password": NEW_PASSWORD})
        added = session("POST", EMAIL, {"email": "thief@example.org"})

        assert (set_one.status, added.status) == (401, 401)
        assert (User.objects.get().has_usable_password(), waiting()) == (False, [])

    def test_takes_a_log_in_of_the_last_minutes_of_who_has_no_password(self, http, ada):
        User.objects.filter(id=ada.id).update(password=make_password(None))
        session = holding(http, issue_session_token(ada.id, now=clock.now()))
        record(session, at=time.time(), user_id=ada.id)

        answer = session("POST", f"{A}/account/password/change", {"new_password": NEW_PASSWORD})

        assert (answer.status, waiting()) == (200, [("ada@example.org", "Password Set")])


def record(session: Call, *, at: float, user_id: int) -> None:
    """Write into a session that somebody logged in with another provider."""
    row = Session.objects.get(key_hash=hash_key(session.token))  # type: ignore[attr-defined]
    held = json.loads(row.data) | {
        "account_authentication_methods": [{"method": "socialaccount", "at": at}],
        "account_authentication_methods_user": str(user_id),
    }
    Session.objects.filter(id=row.id).update(data=json.dumps(held))


class TestPower:
    """What an account does under `/v1/`; there a log-in of the last minutes is enough."""

    @pytest.fixture
    def app(self, session) -> str:
        app_id: str = session("POST", "/v1/apps", APP).body["id"]
        Mail.objects.all().delete()
        return app_id

    @pytest.fixture
    def key(self, session, app) -> str:
        key_id: str = session("POST", f"/v1/apps/{app}/keys", KEY).body["id"]
        Mail.objects.all().delete()
        return key_id

    @pytest.mark.parametrize(
        ("method", "path", "body", "done", "notice"),
        [
            ("POST", "/v1/apps", APP, 201, "The app Reader was registered."),
            ("PATCH", "/v1/apps/{app}", {"name": "Writer"}, 200, "Your app Writer was edited."),
            ("DELETE", "/v1/apps/{app}", None, 204, "Your app Reader was deleted."),
            ("POST", "/v1/apps/{app}/secrets", None, 201, "A new secret was made for your app Reader."),
            (
                "POST",
                "/v1/apps/{app}/keys",
                {"name": "n", "scopes": ["read:profiles"]},
                201,
                "The service key n ",
            ),
            ("POST", "/v1/apps/{app}/keys/{key}/rotations", {}, 201, "The service key nightly "),
            ("DELETE", "/v1/me?confirm=ada", None, 200, "It was closed. A log-in before "),
        ],
    )
    def test_takes_the_person(self, http, session, app, key, method, path, body, done, notice):
        path = path.format(app=app, key=key)
        seen = {"If_Match": "*"} if method == "PATCH" else {}
        with time_machine.travel(time.time() + 305):
            forget_kept()
            stolen = session(method, path, body, **seen)
            told_of_it = waiting()
            reauthenticate(session)

            owned = session(method, path, body, **seen)

        assert (stolen.status, stolen.body["code"], told_of_it) == (403, "reauthentication_required", [])
        assert "/auth/app/v1/auth/reauthenticate" in stolen.body["detail"]
        assert owned.status == done
        assert all(notice in text for text in Mail.objects.values_list("text", flat=True))
        assert waiting() == told("Your account was changed")

    def test_is_there_right_after_the_log_in(self, session):
        assert session("POST", "/v1/apps", APP).status == 201

    def test_is_there_right_after_the_sign_up(self, http, sign_up):
        session = holding(http, sign_up("grace").body["meta"]["session_token"])

        assert session("POST", "/v1/apps", APP).status == 201

    def test_is_gone_five_minutes_after_it(self, session, later):
        assert session("POST", "/v1/apps", APP).status == 403

    def test_lets_go_of_sessions_keys_and_apps_without_asking(self, session, app, key, later):
        ended = (
            session("DELETE", f"/v1/apps/{app}/keys/{key}").status,
            session("DELETE", "/v1/me/sessions").status,
        )

        assert ended == (204, 204)

    def test_is_not_got_by_somebody_else_who_began_to_log_in_there(self, session, make_account, later):
        thief = make_account("thief", password=NEW_PASSWORD)
        record(session, at=time.time(), user_id=thief.id)

        assert session("POST", "/v1/apps", APP).status == 403

    def test_is_asked_of_a_session_that_comes_as_a_bearer_token(self, http, session, later):
        answer = http("DELETE", "/v1/me?confirm=ada", Authorization=f"Bearer {session.token}")

        assert (answer.status, answer.body["code"]) == (403, "reauthentication_required")
        assert User.objects.get(username="ada").is_active


class TestNotice:
    """Mails to all verified addresses, at each change of how somebody gets in."""

    @pytest.fixture(autouse=True)
    def _present(self, session) -> None:
        reauthenticate(session)
        assert waiting() == []

    def test_of_a_new_address(self, session):
        session("POST", EMAIL, {"email": "third@example.org"})

        assert waiting() == [*told("Email Added"), ("third@example.org", "Please Confirm Your Email Address")]

    def test_of_another_primary_address(self, session):
        session("PATCH", EMAIL, {"email": "second@example.org", "primary": True})

        assert waiting() == told("Email Changed")

    def test_of_a_removed_address_also_to_that(self, session):
        session("DELETE", EMAIL, {"email": "second@example.org"})

        assert waiting() == told("Email Removed")

    def test_of_a_removed_address_not_to_who_never_proved_it(self, session):
        session("DELETE", EMAIL, {"email": "unproven@example.org"})

        assert waiting() == told("Email Removed")

    def test_of_a_new_password(self, session):
        body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        session("POST", f"{A}/account/password/change", body)

        assert waiting() == told("Password Changed")

    def test_of_a_second_factor_and_of_its_end(self, session):
        EmailAddress.objects.filter(verified=False).delete()
        secret = session("GET", TOTP).body["meta"]["secret"]

        session("POST", TOTP, {"code": code_of(secret)})
        added = waiting()
        session("POST", CODES, {})
        renewed = waiting()
        session("DELETE", TOTP)

        assert (added, renewed) == (told("Authenticator App Activated"), told("New Recovery Codes Generated"))
        assert waiting() == told("Authenticator App Deactivated")

    def test_goes_to_the_primary_address_of_who_has_verified_none(self, http, sign_up):
        session = holding(http, sign_up("grace").body["meta"]["session_token"])
        reauthenticate(session)
        Mail.objects.all().delete()

        session("POST", EMAIL, {"email": "other@example.org"})

        assert ("grace@example.org", "Email Added") in waiting()


class TestTakeOver:
    def test_fails_at_every_step(self, http, session):
        before = addresses()
        steps = [
            session("POST", EMAIL, {"email": "thief@example.org"}),
            session("PATCH", EMAIL, {"email": "unproven@example.org", "primary": True}),
            session("DELETE", EMAIL, {"email": "second@example.org"}),
            session("POST", f"{A}/account/password/change", {"new_password": NEW_PASSWORD}),
            session("POST", f"{A}/auth/password/request", {"email": "thief@example.org"}),
        ]

        assert [step.status for step in steps] == [401, 400, 401, 400, 200]
        assert addresses() == before
        assert [to for to, _ in waiting()] == ["thief@example.org"]
        assert http("POST", f"{A}/auth/login", {"username": "ada", "password": PASSWORD}).status == 200

    def test_is_not_helped_by_a_code_for_an_address_that_was_added_only(self, http, session):
        http("POST", f"{A}/auth/password/request", {"email": "unproven@example.org"})

        assert waiting() == [("unproven@example.org", "Unknown Account")]


def test_presence_is_read_where_allauth_keeps_it(session):
    from modules.accounts.selectors.sessions import find_presence

    now = clock.now()
    shown_at = find_presence(hash_key(session.token), now=now)

    assert shown_at is not None
    assert timedelta(0) <= now - shown_at < timedelta(seconds=60)
