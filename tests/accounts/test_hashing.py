"""Argon2, small, and few at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.hashers import check_password, make_password

from modules.accounts.errors import HashingBusy
from modules.accounts.models import Session
from modules.accounts.services.hashing import hashing_slot
from tests.kit.people import PASSWORD

HASHER = "modules.accounts.services.hashing.SmallArgon2PasswordHasher"


@pytest.fixture
def argon2(settings):
    settings.PASSWORD_HASHERS = [HASHER]
    settings.ACCOUNTS = replace(settings.ACCOUNTS, hash_wait=0.01)


class TestSmallArgon2PasswordHasher:
    def test_hashes_with_the_small_setting(self, argon2):
        encoded = make_password(PASSWORD)

        assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
        assert check_password(PASSWORD, encoded)
        assert not check_password("wrong", encoded)

    def test_hashes_two_at_once_and_refuses_a_third(self, argon2):
        with hashing_slot():
            encoded = make_password(PASSWORD)
            with hashing_slot():
                with pytest.raises(HashingBusy):
                    make_password(PASSWORD)
                with pytest.raises(HashingBusy):
                    check_password(PASSWORD, encoded)

        assert check_password(PASSWORD, encoded)


@pytest.mark.django_db
@pytest.mark.urls("tests.accounts.urls")
def test_a_busy_log_in_is_told_when_to_come_back(http, argon2, make_account):
    make_account("ada", password=PASSWORD)

    with hashing_slot(), hashing_slot():
        answer = http("POST", "/auth/app/v1/auth/login", {"username": "ada", "password": PASSWORD})

    assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (503, "hashing_busy", "2")
    assert Session.objects.count() == 0
