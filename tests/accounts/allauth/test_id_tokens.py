"""How a log-in by another provider is held together: by PKCE, and by an ID token that is made out to us."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from tests.accounts.allauth.provider import come, odd, start  # noqa: F401

pytestmark = pytest.mark.django_db

SECRET = "k" * 32


def id_token(odd, **claims: object) -> str:  # noqa: F811
    said = {"iss": odd.url, "aud": "banyan", "exp": 4_000_000_000, "sub": "ada-there"} | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, SECRET, algorithm="HS256")


class TestRedirect:
    def test_brings_a_challenge(self, odd):  # noqa: F811
        sent = parse_qs(urlsplit(start(Client())["Location"]).query)

        assert sent["code_challenge_method"] == ["S256"]
        assert len(sent["code_challenge"][0]) == 43


class TestIdToken:
    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": None},
            {"aud": ["banyan", "evil"]},
            {"aud": ["banyan", "evil"], "azp": "evil"},
        ],
        ids=str,
    )
    def test_that_is_not_made_out_to_us_is_refused(self, odd, claims):  # noqa: F811
        odd.token = {"access_token": "a", "id_token": id_token(odd, **claims)}

        assert "error=" in come(Client())["Location"]

    @pytest.mark.parametrize(
        "claims",
        [{}, {"aud": ["banyan"]}, {"aud": ["banyan", "other"], "azp": "banyan"}],
        ids=str,
    )
    def test_that_is_lets_in(self, odd, claims):  # noqa: F811
        odd.token = {"access_token": "a", "id_token": id_token(odd, **claims)}

        assert "error=" not in come(Client())["Location"]
