"""What generated clients send beside what they mean: nulls, blanks and every name they know."""

from __future__ import annotations

import pytest

from tests.kit.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

LOG_IN = "/auth/app/v1/auth/login"


class TestLogIn:
    @pytest.mark.parametrize(
        "names",
        [
            {"username": "ada", "email": None},
            {"username": None, "email": "ada@example.org"},
            {"username": "ada", "email": ""},
            {"username": "", "email": "ada@example.org"},
            {"username": "ada", "email": None, "phone": None},
        ],
    )
    def test_takes_what_says_nothing_for_what_was_not_sent(self, http, ada, names):
        answer = http("POST", LOG_IN, {"password": PASSWORD, **names})

        assert (answer.status, answer.body["data"]["user"]["id"]) == (200, str(ada.id))

    @pytest.mark.parametrize(
        ("names", "code"),
        [
            ({"username": "ada", "email": "ada@example.org"}, "one_of_two"),
            ({"username": None, "email": None}, "required"),
            ({"username": "", "email": ""}, "required"),
            ({}, "required"),
        ],
    )
    def test_points_at_two_names_and_at_none(self, http, ada, names, code):
        answer = http("POST", LOG_IN, {"password": PASSWORD, **names})

        assert (answer.status, answer.body["code"]) == (400, "body_invalid")
        assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [
            ("/username", code),
            ("/email", code),
        ]

    def test_wants_a_password_where_it_is_null(self, http, ada):
        answer = http("POST", LOG_IN, {"username": "ada", "password": None})

        assert (answer.status, answer.body["errors"][0]["param"]) == (400, "password")


class TestSignUp:
    def test_passes_over_nulls_of_fields_that_it_does_not_have(self, sign_up):
        assert sign_up(phone=None).status == 200

    def test_points_at_what_is_null_and_needed(self, sign_up):
        answer = sign_up(email=None)

        assert (answer.status, [error["param"] for error in answer.body["errors"]]) == (400, ["email"])


class TestChangePassword:
    def test_wants_the_present_one_where_it_is_null(self, http, sign_up):
        token = sign_up().body["meta"]["session_token"]

        answer = http(
            "POST",
            "/auth/app/v1/account/password/change",
            {"current_password": None, "new_password": "a longer walk home"},
            X_Session_Token=token,
        )

        assert (answer.status, [error["param"] for error in answer.body["errors"]]) == (
            400,
            ["current_password"],
        )
