"""What replaces parts of allauth, held against the version that is installed."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import walk_packages

import allauth.mfa
import allauth.mfa.base.internal.flows as defining
from allauth.core.internal import jwkkit
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from modules.accounts.api.allauth import replacements, totp_steps


def modules_of(package):
    """Every module of a package, but those for an admin that is not installed."""
    for info in walk_packages(package.__path__, f"{package.__name__}."):
        if "migrations" not in info.name and not info.name.endswith(".admin"):
            yield sys.modules.get(info.name) or import_module(info.name)


class TestInstall:
    def test_leaves_no_count_of_second_factors_to_allauth(self):
        replacements.install()

        counts = {
            module.__name__: module.check_rate_limit
            for module in modules_of(allauth.mfa)
            if hasattr(module, "check_rate_limit") and module is not defining
        }

        assert set(counts) == {
            "allauth.mfa.base.forms",
            "allauth.mfa.totp.forms",
            "allauth.mfa.webauthn.forms",
        }
        assert {count.__module__ for count in counts.values()} == {replacements.__name__}

    def test_reads_the_key_that_signs_once(self, db):
        replacements.install()
        before = jwkkit.load_jwk_from_pem.cache_info().misses

        answers = [Client().get("/.well-known/jwks.json") for _ in range(3)]

        assert {answer.content for answer in answers} == {answers[0].content}
        assert jwkkit.load_jwk_from_pem.cache_info().misses - before <= 1

    def test_replaces_once(self):
        replacements.install()
        before = totp.TOTP.validate_code

        replacements.install()

        assert totp.TOTP.validate_code is before
        assert not hasattr(totp_steps._ACTIVATE, "__wrapped__")


class TestRefresh:
    def test_says_what_is_wrong(self, http, db):
        answer = http("POST", "/auth/app/v1/tokens/refresh", {"refresh_token": "x"})

        assert (answer.status, answer.body["errors"][0]["param"]) == (400, "refresh_token")
