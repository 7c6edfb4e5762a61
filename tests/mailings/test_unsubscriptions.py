"""Links that end one kind of mail for one user, and nothing else (RFC 8058)."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
import structlog
from django.test import Client
from django.utils.crypto import get_random_string

from modules.accounts.public import issue_session_token
from modules.kernel import clock
from modules.kernel.limits import Limit
from modules.mailings.errors import LinkUnknown
from modules.mailings.models import Subscription
from modules.mailings.services.links import make_link, make_token, read_token
from modules.notifications import public as notifications
from tests.kit.delivery import drain
from tests.kit.people import make_person
from tests.mailings.kit import due_at, make_digested, make_reader

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_of(token: str) -> str:
    return f"/v1/unsubscriptions/{token}"


def post(token: str, form=ONE_CLICK):
    return Client().post(path_of(token), form)


def wants_newsletter(person) -> bool:
    return Subscription.objects.of(person.id).on_primary().get().newsletter


class TestLink:
    def test_says_whose_list_it_ends(self, db):
        assert read_token(make_token(2**62 + 5, "newsletter")) == (2**62 + 5, "newsletter")

    def test_is_known_by_the_keys_of_before(self, db, settings):
        token = make_token(5, "digest")
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], get_random_string(60)

        assert read_token(token) == (5, "digest")
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(LinkUnknown):
            read_token(token)

    def test_holds_neither_name_nor_address(self, db):
        person = make_digested()

        link = make_link(person.id, "digest")

        assert person.username not in link
        assert "@" not in link


class TestGet:
    def test_ends_nothing_and_shows_what_would(self):
        person = make_digested()
        token = make_token(person.id, "digest")

        answers = [Client().get(path_of(token)), Client().head(path_of(token))]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert '<button name="List-Unsubscribe" value="One-Click">' in answers[0].text
        assert answers[0].headers["Referrer-Policy"] == "no-referrer"
        assert due_at(person) is not None


class TestPost:
    def test_ends_digests_at_once_and_again_changes_nothing(self):
        person = make_digested()
        token = make_token(person.id, "digest")

        assert [post(token).status_code for _ in range(2)] == [200, 200]

        assert due_at(person) is None
        assert notifications.find_preferences(person.id).digest == "off"
        drain(times=2)
        assert due_at(person) is None

    def test_ends_the_list_that_it_names_alone(self):
        person = make_reader()

        assert post(make_token(person.id, "digest")).status_code == 200
        assert wants_newsletter(person)
        assert post(make_token(person.id, "newsletter")).status_code == 200
        assert not wants_newsletter(person)

    def test_of_a_mail_program_may_be_multipart(self):
        person = make_reader()

        # Django's client sends multipart by itself; programs send either.
        answer = Client().post(
            path_of(make_token(person.id, "newsletter")),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )

        assert answer.status_code == 200
        assert not wants_newsletter(person)

    @pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "No"}, {**ONE_CLICK, "padding": "x" * 2000}])
    def test_that_says_something_else_ends_nothing(self, form):
        person = make_reader()

        assert post(make_token(person.id, "newsletter"), form).status_code == 400

        assert wants_newsletter(person)

    def test_of_who_is_logged_in_needs_no_token_against_forgery(self, settings):
        """What the button sends is all there is: no session, of the receiver or another, is asked for."""
        person = make_reader()
        browser = Client(enforce_csrf_checks=True)
        browser.cookies[settings.SESSION_COOKIE_NAME] = issue_session_token(person.id, now=clock.now())

        answer = browser.post(path_of(make_token(person.id, "newsletter")), ONE_CLICK)

        assert answer.status_code == 200
        assert not wants_newsletter(person)

    def test_is_in_no_log_however_it_is_refused(self):
        token = make_token(make_person().id, "digest")

        with structlog.testing.capture_logs() as lines:
            answer = Client().post(path_of(token), "x", content_type="text/plain; charset=utf-16")

        assert answer.status_code == 415
        assert [line["route"] for line in lines] == ["v1/unsubscriptions/<str:token>"]
        assert token not in str(lines)

    def test_by_another_method_is_none(self):
        assert Client().put(path_of(make_token(5, "digest"))).status_code == 405


class TestForged:
    def test_for_somebody_else_ends_nothing(self):
        mine, theirs = make_reader(), make_reader()
        said = base64.urlsafe_b64decode(make_token(mine.id, "newsletter") + "==")
        forged = said[:1] + theirs.id.to_bytes(8, "big") + said[9:]

        token = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()

        assert post(token).status_code == 404
        assert wants_newsletter(theirs)

    def test_for_another_list_ends_nothing(self):
        person = make_reader()
        said = base64.urlsafe_b64decode(make_token(person.id, "digest") + "==")

        token = base64.urlsafe_b64encode(b"\x01" + said[1:]).rstrip(b"=").decode()

        assert post(token).status_code == 404
        assert wants_newsletter(person)

    @pytest.mark.parametrize("token", ["x", "é" * 34, "A" * 34, "=" * 34, "A" * 5000, "%00" * 34, "-_" * 17])
    def test_of_garbage_is_404(self, token):
        assert [Client().get(path_of(token)).status_code, post(token).status_code] == [404, 404]

    def test_in_another_spelling_is_none(self):
        """The last letter of a token carries bits that mean nothing: one spelling alone is a link."""
        token = make_token(make_person().id, "digest")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        other = token[:-1] + letters[letters.index(token[-1]) ^ 1]

        assert post(other).status_code == 404

    def test_of_whom_there_is_no_account_is_404(self):
        assert post(make_token(make_person().id + 1, "digest")).status_code == 404


class TestLimit:
    def limit(self, settings, **quotas: int):
        few = {name: Limit(name, quota, 3600) for name, quota in quotas.items()}
        settings.LIMITS = replace(settings.LIMITS, is_on=True, changed=few)

    def test_counts_who_guesses_by_address(self, settings):
        self.limit(settings, anonymous=2)

        assert [post("A" * 34).status_code for _ in range(3)] == [404, 404, 429]

    def test_lets_any_number_of_people_press_their_buttons_from_one_address(self, settings):
        """A provider sends what its users press from a few addresses of its own."""
        self.limit(settings, anonymous=2)
        tokens = [make_token(make_reader().id, "newsletter") for _ in range(4)]

        assert [post(token).status_code for token in tokens] == [200] * 4

    def test_counts_a_link_that_holds_by_whom_it_is_of(self, settings):
        self.limit(settings, unsubscriptions=2)
        token, other = (make_token(make_person().id, "digest") for _ in range(2))

        assert [Client().get(path_of(token)).status_code for _ in range(3)] == [200, 200, 429]
        assert Client().get(path_of(other)).status_code == 200
