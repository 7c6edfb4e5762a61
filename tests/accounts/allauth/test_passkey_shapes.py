"""What is sent as a passkey: sizes and shapes that fido2 and allauth would take, or fall over."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.accounts.api.allauth.passkeys import SET_UP, check_credential, counter_of, to_stored
from modules.accounts.services.passkeys import MOST
from modules.kernel.http.parsing import BodyInvalid
from tests.accounts.allauth.passkeys import (
    KEYS,
    LOG_IN,
    ada,
    domain,
    log_in,
    passkey,
)
from tests.accounts.authenticator import ED, UP, UV, SoftKey

__all__ = ["ada", "domain", "passkey"]  # fixtures

pytestmark = pytest.mark.django_db

SAID = "/credential/response/clientDataJSON"
MADE = "/credential/response/attestationObject"
# Of another type, or no address.
NO_ORIGINS: list[Any] = [1, None, [], "http://[::1"]
NO_PROPERTIES: list[Any] = [1, None, []]
SHOWN = "/credential/response/authenticatorData"
RESULTS = "/credential/clientExtensionResults"
LONG = {"x": [0] * 9000}
CURVE = {-1: 1, -2: b"\1" * 32, -3: b"\2" * 32}
KEYS_OF_NO_USE: list[dict[Any, Any]] = [
    *({}, {1: 2}, {3: -7}, {1: 2, 3: -7}, {"a": 1}),
    {1: 2, 3: -999, -1: 1, -2: b"", -3: b""},
    {1: 2, 3: -7} | CURVE,
    {1: 2, 3: -7, -1: "x", -2: 5, -3: 5},
    {1: 3, 3: -257, -1: b"\1", -2: b"\1"},
    # Known to fido2, and not offered.
    {1: 3, 3: -65535, -1: b"\xff" * 256, -2: b"\1\0\1"},
]
NEW: list[tuple[dict[str, Any], str]] = [
    *(({"said": {"origin": origin}}, SAID) for origin in NO_ORIGINS),
    ({"said": {"type": 1}}, SAID),
    *(({"said": {"challenge": challenge}}, SAID) for challenge in (1, 4 * 10**9, None, "é", "")),
    ({"said": {"x": "x" * 5000}}, SAID),
    ({"flags": UP | UV}, MADE),
    *(({"cose": cose}, MADE) for cose in KEYS_OF_NO_USE[-5:]),
    *(({"cose": cose}, "/credential") for cose in ({}, {1: 2}, {"a": 1})),
    ({"attested": {"attStmt": LONG}}, MADE),
    ({"attested": {"authData": b""}}, "/credential"),
    *(({"attested": {"authData": data}}, MADE) for data in ("x", 1, 4 * 10**9)),
    *(({"clientExtensionResults": {"credProps": props}}, f"{RESULTS}/credProps") for props in NO_PROPERTIES),
    ({"clientExtensionResults": {"credProps": {"rk": "x"}}}, f"{RESULTS}/credProps/rk"),
    ({"clientExtensionResults": 1}, RESULTS),
    ({"type": "x"}, "/credential/type"),
    ({"id": "AAAA", "rawId": "AAAA"}, MADE),
    ({"rawId": "AAAA"}, "/credential"),
    ({"rawId": "A" * 1400}, "/credential/rawId"),
]
OLD: list[tuple[dict[str, Any], str]] = [
    *(({"said": {"origin": origin}}, SAID) for origin in NO_ORIGINS),
    ({"flags": UP | UV | ED, "extensions": cbor.encode(LONG)}, SHOWN),
    ({"flags": UP | UV | ED, "extensions": b"\x9f"}, "/credential"),
    ({"signature": "A" * 7000}, "/credential/response/signature"),
    ({"signature": "é"}, "/credential/response/signature"),
    ({"userHandle": "A" * 89}, "/credential/response/userHandle"),
    ({"userHandle": 5}, "/credential/response/userHandle"),
]


def pointers(answer) -> list[str]:
    return [each["pointer"] for each in answer.body["errors"]]


class TestShapes:
    @pytest.mark.parametrize(("changes", "pointer"), NEW)
    def test_are_refused_by_name_and_nothing_is_stored(self, ada, changes, pointer):
        refused = ada.add(SoftKey(), passwordless=True, **changes)

        assert (refused.status, pointers(refused)) == (400, [pointer])
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize(("changes", "pointer"), OLD)
    def test_log_nobody_in(self, http, passkey, changes, pointer):
        refused = log_in(http, passkey, **changes)

        assert (refused.status, pointers(refused)) == (400, [pointer])

    @pytest.mark.parametrize("said", [{"challenge": "AAAA"}, {"origin": "https://example.org"}])
    def test_of_another_ceremony_are_refused(self, ada, said):
        refused = ada.add(SoftKey(), passwordless=True, said=said)

        assert (refused.status, refused.body["errors"][0]["param"]) == (400, "credential")


class TestStored:
    def test_is_the_key_and_nothing_that_its_maker_attests(self, http, ada):
        key = SoftKey()

        assert (
            ada.add(key, passwordless=True, attested={"fmt": "x", "attStmt": {"x": [0] * 5000}}).status == 200
        )

        kept = Authenticator.objects.get(type="webauthn").data["credential"]
        attested = AttestationObject(websafe_decode(kept["response"]["attestationObject"]))
        assert (attested.fmt, attested.att_stmt, attested.auth_data.extensions) == ("none", {}, None)
        assert len(attested) < 250
        assert log_in(http, key).status == 200

    def test_is_no_more_than_twenty(self, ada, passkey):
        row = Authenticator.objects.get(type="webauthn")
        Authenticator.objects.bulk_create(
            Authenticator(user_id=row.user_id, type=row.type, data=row.data) for _ in range(MOST - 2)
        )
        options = ada.begin(KEYS)
        assert ada.add(SoftKey(), passwordless=False).status == 200
        late = ada("GET", KEYS)

        assert (late.status, late.body["code"]) == (422, "too_many_passkeys")
        assert options["publicKey"]["rp"]["id"] == "localhost"
        assert Authenticator.objects.filter(type="webauthn").count() == MOST

    def test_is_no_more_than_twenty_if_they_were_begun_before(self, ada, passkey):
        options = ada.begin(KEYS)
        row = Authenticator.objects.get(type="webauthn")
        Authenticator.objects.bulk_create(
            Authenticator(user_id=row.user_id, type=row.type, data=row.data) for _ in range(MOST - 1)
        )

        late = ada("POST", KEYS, {"name": "Key", "credential": SoftKey().make(options)})

        assert (late.status, late.body["code"]) == (422, "too_many_passkeys")


# Whatever JSON and CBOR may hold.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
NUMBER = st.integers(-(2**63), 2**63)
CBOR = st.recursive(
    st.booleans() | NUMBER | st.text(max_size=20) | st.binary(max_size=70),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NUMBER | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
PARTS = st.sampled_from([1, 3, -1, -2, -3])
ALGORITHMS = st.sampled_from([*CoseKey.supported_algorithms(), -999, 0])
COSE = st.dictionaries(PARTS, CBOR | st.sampled_from([1, 2, 3, 6]), max_size=5)
ASKED: dict[str, Any] = {
    "publicKey": {"challenge": "A" * 43, "rp": {"id": "localhost"}, "user": {"id": "MQ"}}
}


def places(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return where in a credential something else might stand."""
    here = [path] if path else []
    return here + [
        each
        for name in (node if isinstance(node, dict) else ())
        for each in places(node[name], (*path, name))
    ]


def replaced(credential: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(credential)
    node = changed
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    return changed


def is_taken(path: str, credential: Any) -> bool:
    """Return whether a credential is let through; what is, is stored and read again without an error."""
    try:
        check_credential(path, {"credential": credential})
    except BodyInvalid:
        return False
    if path.endswith(SET_UP):
        stored = to_stored(credential, is_passwordless=True)
        check_credential(path, {"credential": stored})
        assert counter_of(stored) == counter_of(credential)
    return True


class TestAnything:
    """Either let through and of use, or refused as no passkey: nothing else rises."""

    @settings(max_examples=150, deadline=None)
    @given(JSON)
    def test_of_json(self, value):
        assert not is_taken(KEYS, value)
        assert not is_taken(LOG_IN, value)

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_in_any_place_of_a_credential(self, data):
        key = SoftKey()
        for path, credential in ((KEYS, key.make(ASKED)), (LOG_IN, key.show(ASKED))):
            assert is_taken(path, credential)
            is_taken(
                path, replaced(credential, data.draw(st.sampled_from(places(credential))), data.draw(JSON))
            )

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(st.sampled_from(["type", "challenge", "origin", "crossOrigin"]), JSON))
    def test_in_what_the_browser_says(self, said):
        key = SoftKey()
        is_taken(KEYS, key.make(ASKED, said=said))
        is_taken(LOG_IN, key.show(ASKED, said=said))

    @settings(max_examples=300, deadline=None)
    @given(COSE, ALGORITHMS)
    def test_as_a_key(self, cose, algorithm):
        assert not is_taken(KEYS, SoftKey().make(ASKED, cose=cose | {3: algorithm}))

    @settings(max_examples=200, deadline=None)
    @given(CBOR, st.sampled_from(["fmt", "attStmt", "authData"]))
    def test_as_attestation(self, value, name):
        is_taken(KEYS, SoftKey().make(ASKED, attested={name: value}))

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 255), st.binary(max_size=80) | CBOR.map(cbor.encode))
    def test_as_authenticator_data(self, flags, rest):
        is_taken(LOG_IN, SoftKey().show(ASKED, flags=flags, extensions=rest))

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=200))
    def test_of_bytes(self, content):
        is_taken(
            KEYS, replaced(SoftKey().make(ASKED), ("response", "attestationObject"), websafe_encode(content))
        )
