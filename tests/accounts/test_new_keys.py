"""The secret key and the key of ID tokens are changed, and nobody is logged out by it."""

from __future__ import annotations

import io
import json

import jwt
import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.test import Client
from environs import EnvValidationError

from config import env as environment
from config.settings.oauth import provider
from deploy.embedded import secrets
from tests.accounts.kit import consent, fetch, silently
from tests.accounts.second_factors import half, log_in_half, secret, send_code, session
from tests.kit.totp import code_of

__all__ = ["half", "secret", "session"]
pytestmark = pytest.mark.django_db

NEW = "another key " * 4


def reencrypt(*words: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("reencrypt", "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


def change_secret_key(settings, *, fallbacks: list[str]) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = fallbacks, NEW


class TestSecretKey:
    def test_may_go_once_second_factors_are_encrypted_under_the_next(self, http, session, secret, settings):
        change_secret_key(settings, fallbacks=[settings.SECRET_KEY])

        # An app's secret, and the seed of the recovery codes that came with it.
        assert reencrypt("--dry-run") == {"reencrypted": 2, "unreadable": 0}
        assert reencrypt() == {"reencrypted": 2, "unreadable": 0}
        assert reencrypt() == {"reencrypted": 0, "unreadable": 0}
        settings.SECRET_KEY_FALLBACKS = []

        assert http("GET", "/v1/me", X_Session_Token=session).status == 200
        assert send_code(http, log_in_half(http), code_of(secret)).status == 200

    def test_that_went_too_soon_is_said_and_loses_nothing(self, secret, settings):
        former = settings.SECRET_KEY
        change_secret_key(settings, fallbacks=[])
        before = list(Authenticator.objects.order_by("id").values_list("data", flat=True))

        with pytest.raises(SystemExit) as left:
            reencrypt()

        assert left.value.code == 1
        assert list(Authenticator.objects.order_by("id").values_list("data", flat=True)) == before
        settings.SECRET_KEY_FALLBACKS = [former]
        assert reencrypt() == {"reencrypted": 2, "unreadable": 0}

    def test_leaves_pages_in_hand_good(self, as_ada, ada, settings):
        for number in range(2):
            assert as_ada("POST", "/v1/posts", {"text": str(number)}).status == 201
        path = f"/v1/users/{ada.id}/posts?limit=1"
        cursor = as_ada("GET", path).body["next"]

        change_secret_key(settings, fallbacks=[settings.SECRET_KEY])

        assert [each["text"] for each in as_ada("GET", f"{path}&cursor={cursor}").body["data"]] == ["0"]


@pytest.fixture
def sign_by(settings, monkeypatch):
    """Take keys of ID tokens from the environment, as a process does that starts."""

    def sign_by(pem: str, *published: str) -> None:
        monkeypatch.setenv("BANYAN_OIDC_PRIVATE_KEY", pem.replace("\n", "\\n"))
        monkeypatch.setenv("BANYAN_OIDC_PRIVATE_KEY_FALLBACKS", ",".join(published).replace("\n", "\\n"))
        env = environment.load.__wrapped__()
        settings.IDP_OIDC_PRIVATE_KEYS = provider(env)["IDP_OIDC_PRIVATE_KEYS"]

    return sign_by


def published() -> dict[str, dict[str, str]]:
    """Return the keys that clients fetch, by their ids."""
    return {key["kid"]: key for key in Client().get("/.well-known/jwks.json").json()["keys"]}


def signer_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def is_good(token: str, app, keys: dict[str, dict[str, str]]) -> bool:
    """Check a token as a client does that fetched the keys at some time."""
    key = jwt.PyJWK(keys[signer_of(token)]).key
    return bool(jwt.decode(token, key, algorithms=["RS256"], audience=app.id))


class TestKeyOfIdTokens:
    def test_is_known_before_it_signs_and_as_long_as_its_tokens_live(self, browser, app, sign_by):
        first, second = (secrets.generate().oidc_private_key for _ in range(2))
        sign_by(first, second)
        known = published()
        old = fetch(app, code=consent(browser, app)["code"]).json()["id_token"]

        sign_by(second, first)
        new = fetch(app, code=consent(browser, app)["code"]).json()["id_token"]

        assert published().keys() == known.keys() == {signer_of(old), signer_of(new)}
        assert len(known) == 2
        assert is_good(new, app, known)
        assert is_good(old, app, published())
        # What the app was given before still says who the user is.
        assert "code" in silently(browser, app, id_token_hint=old)

        sign_by(second)
        assert published().keys() == {signer_of(new)}

    @pytest.mark.parametrize(
        "pem",
        [
            "x",
            "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----",
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode(),
        ],
    )
    @pytest.mark.parametrize("name", ["BANYAN_OIDC_PRIVATE_KEY", "BANYAN_OIDC_PRIVATE_KEY_FALLBACKS"])
    def test_that_cannot_sign_is_refused_at_the_start(self, monkeypatch, name, pem):
        monkeypatch.setenv(name, pem)

        with pytest.raises(EnvValidationError) as refused:
            environment.load.__wrapped__()

        assert list(refused.value.error_messages) == [name]
