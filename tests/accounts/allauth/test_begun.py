"""What was begun before an account's sessions ended is over with them."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from modules.accounts.models import Session
from modules.accounts.selectors.identities import get_account_status
from modules.accounts.services.account_status import request_deletion, restore_account, suspend_account
from modules.accounts.services.accounts import set_password, set_roles
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from modules.mail.models import Mail
from tests.accounts.kit import code_in
from tests.accounts.second_factors import half, secret, send_code, session  # noqa: F401
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1/auth"
NEW = "quite another password"


def close(user_id: int) -> None:
    request_deletion(user_id, confirm="ada", now=clock.now())


def suspend_and_restore(user_id: int) -> None:
    suspend_account(user_id, now=clock.now())
    restore_account(user_id)


ENDINGS = {
    "a new password": lambda user_id: set_password(user_id, NEW),
    "closing": close,
    "suspension": lambda user_id: suspend_account(user_id, now=clock.now()),
    "suspension that was lifted": suspend_and_restore,
    "a new role": lambda user_id: set_roles(user_id, {OPERATOR}),
}


@pytest.fixture(params=ENDINGS)
def end(request):
    return ENDINGS[request.param]


class TestHalfFinishedLogIn:
    def test_is_not_finished_after(self, http, ada, half, secret, end):  # noqa: F811
        end(ada.id)
        before = get_account_status("ada")

        answer = send_code(http, half, code_of(secret))

        assert answer.status == 401
        assert [flow["id"] for flow in answer.body["data"]["flows"] if flow.get("is_pending")] == []
        assert Session.objects.exclude(user=None).count() == 0
        assert get_account_status("ada") == before


class TestReset:
    def begin(self, http, mailoutbox) -> tuple[str, dict[str, str]]:
        asked = http("POST", f"{AUTH}/password/request", {"email": "ada@example.org"})
        return asked.body["meta"]["session_token"], {
            "key": code_in(mailoutbox),
            "password": "a thief of seven doors",
        }

    def test_is_not_finished_after(self, http, ada, mailoutbox, end):
        token, body = self.begin(http, mailoutbox)
        end(ada.id)

        told = http("GET", f"{AUTH}/password/reset", X_Session_Token=token, X_Password_Reset_Key=body["key"])
        done = http("POST", f"{AUTH}/password/reset", body, X_Session_Token=token)

        assert (told.status, done.status) == (409, 409)
        answer = http("POST", f"{AUTH}/login", {"username": "ada", "password": body["password"]})
        assert answer.status == 400

    def test_is_not_finished_by_an_address_that_was_given_up(self, http, ada, mailoutbox):
        token, body = self.begin(http, mailoutbox)
        new = EmailAddress.objects.create(user_id=ada.id, email="new@example.org", verified=True)
        new.set_as_primary()
        EmailAddress.objects.get(email="ada@example.org").remove()

        assert http("POST", f"{AUTH}/password/reset", body, X_Session_Token=token).status == 409

    def test_is_finished_if_nothing_has_ended(self, http, ada, mailoutbox):
        token, body = self.begin(http, mailoutbox)

        told = http("GET", f"{AUTH}/password/reset", X_Session_Token=token, X_Password_Reset_Key=body["key"])
        http("POST", f"{AUTH}/password/reset", body, X_Session_Token=token)

        assert told.status == 200
        answer = http("POST", f"{AUTH}/login", {"username": "ada", "password": body["password"]})
        assert answer.status == 200


class TestAddedAddress:
    def test_that_was_never_verified_goes_with_the_old_password(self, ada):
        EmailAddress.objects.create(user_id=ada.id, email="thief@example.org", verified=False)

        set_password(ada.id, NEW)

        assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ada@example.org"]


class TestNoticeToAnUnprovenAddress:
    """It may be a stranger's: it hears little, and seldom."""

    APP = {
        "name": "Your parcel is held",
        "type": "public",
        "redirect_uris": ["https://evil.example/pay"],
        "scopes": ["read:profiles"],
        "grant_types": ["authorization_code"],
    }

    def test_holds_nothing_that_its_sender_has_written(self, http, sign_up):
        token = sign_up(username="mallory").body["meta"]["session_token"]

        app = http("POST", "/v1/apps", self.APP, X_Session_Token=token, User_Agent="Pay here")
        http("PATCH", f"/v1/apps/{app.body['id']}", {"name": "Pay"}, X_Session_Token=token, If_Match="*")

        texts = list(Mail.objects.filter(subject__contains="changed").values_list("text", flat=True))
        assert len(texts) == 2
        assert not any(word in text for text in texts for word in ("parcel", "evil", "Pay"))

    def test_counts_with_what_anybody_can_ask_for(self, http, sign_up, settings):
        settings.LIMITS = type(settings.LIMITS)(processes=1)
        token = sign_up(username="mallory").body["meta"]["session_token"]

        app = http("POST", "/v1/apps", self.APP, X_Session_Token=token)
        for number in range(10):
            path = f"/v1/apps/{app.body['id']}"
            http("PATCH", path, {"name": f"Pay {number}"}, X_Session_Token=token, If_Match="*")

        assert Mail.objects.filter(to="mallory@example.org").count() == 4
