"""
What a browser says of a passkey, looked at before fido2 and allauth are asked, which believe too much.

Its size comes first: fido2 reads an array in a time that grows by the square of its length. Of a new passkey
the key alone is kept, none of what its maker attests, for all of an account's are read at each log-in.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AuthenticationResponse,
    AuthenticatorData,
    RegistrationResponse,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from modules.kernel.errors import InputError
from modules.kernel.http.parsing import BodyInvalid

Read = TypeVar("Read")

SET_UP = "/account/authenticators/webauthn"
_HINT = "Send what the browser's PublicKeyCredential gives as toJSON()."
_SAID = "/credential/response/clientDataJSON"
_MADE = "/credential/response/attestationObject"


def _bytes(most: int) -> StringConstraints:
    """Return what base64url text of so many bytes at most looks like."""
    return StringConstraints(pattern=r"^[A-Za-z0-9_-]+={0,2}$", max_length=(most * 4 + 2) // 3 + 2)


def _origin(text: str) -> str:
    """Return an origin; of what is none this raises, as fido2 would."""
    urlsplit(text)
    return text


# WebAuthn names the bounds of ids; those of all others are several times what authenticators send.
CredentialId = Annotated[str, _bytes(1023)]
ClientData = Annotated[str, _bytes(4096), Field(alias="clientDataJSON")]


class _Sent(BaseModel):
    """Something that a browser made; more than is known of may be in it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class _Said(_Sent):
    """What is said of a ceremony in `clientDataJSON`."""

    type: str
    challenge: Annotated[str, _bytes(64)]
    origin: Annotated[str, AfterValidator(_origin)]


class _Properties(_Sent):
    rk: bool = False


class _Extensions(_Sent):
    cred_props: Annotated[_Properties, Field(alias="credProps")] = _Properties()


class _Credential(_Sent):
    id: CredentialId
    raw_id: Annotated[CredentialId, Field(alias="rawId")]
    type: Literal["public-key"]
    extensions: Annotated[_Extensions, Field(alias="clientExtensionResults")] = _Extensions()


class _MadeResponse(_Sent):
    client_data: ClientData
    attestation: Annotated[str, _bytes(8192), Field(alias="attestationObject")]


class _ShownResponse(_Sent):
    client_data: ClientData
    authenticator_data: Annotated[str, _bytes(1024), Field(alias="authenticatorData")]
    # That of ML-DSA-87, the longest offered, has 4,627.
    signature: Annotated[str, _bytes(5120)]
    user_handle: Annotated[str | None, Field(alias="userHandle", max_length=88)] = None


class _Made(_Credential):
    response: _MadeResponse


class _Shown(_Credential):
    response: _ShownResponse


def check_credential(path: str, body: Mapping[str, Any]) -> None:
    """
    Refuse what is no passkey, in the requests that carry one.

    :raises BodyInvalid: if it is none
    """
    if "/webauthn" not in path or (path.endswith(SET_UP) and "credential" not in body):
        return
    if path.endswith(SET_UP):
        _check_made(body.get("credential"))
    else:
        _check_shown(body.get("credential"))


def to_stored(credential: Mapping[str, Any], *, is_passwordless: bool) -> dict[str, Any]:
    """Return what is kept of a new passkey, in the form in which allauth reads it."""
    made = RegistrationResponse.from_dict(credential)
    told = made.response.attestation_object.auth_data
    flags = AuthenticatorData.FLAG(told.flags & ~AuthenticatorData.FLAG.ED)
    kept = AuthenticatorData.create(told.rp_id_hash, flags, told.counter, told.credential_data or b"")
    return {
        "id": made.id,
        "rawId": made.id,
        "type": "public-key",
        "response": {
            "clientDataJSON": made.response.client_data.b64,
            "attestationObject": websafe_encode(AttestationObject.create("none", kept, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": is_passwordless}},
    }


def counter_of(credential: Mapping[str, Any]) -> int:
    """Return how often a new passkey says that it was used."""
    made = RegistrationResponse.from_dict(credential)
    return int(made.response.attestation_object.auth_data.counter)


def _check_made(credential: Any) -> None:
    _check_shape(_Made, credential)
    _check_said(credential)
    _check_attested(credential)
    made = _read(lambda: RegistrationResponse.from_dict(credential), "/credential")
    key = made.response.attestation_object.auth_data.credential_data
    if key is None or key.credential_id != made.raw_id or not _is_usable(key.public_key):
        raise _refused(_MADE)


def _check_shown(credential: Any) -> None:
    _check_shape(_Shown, credential)
    _check_said(credential)
    _read(lambda: AuthenticationResponse.from_dict(credential), "/credential")


def _check_shape(shape: type[BaseModel], credential: Any) -> None:
    try:
        shape.model_validate(credential)
    except ValidationError as error:
        places = dict.fromkeys("/".join(["/credential", *map(str, each["loc"])]) for each in error.errors())
        raise _refused(*places) from None


def _check_said(credential: Mapping[str, Any]) -> None:
    """Look at the types of what fido2 takes as it stands: for bytes it would take a number, for so many."""
    text = credential["response"]["clientDataJSON"]
    _read(lambda: _Said.model_validate(json.loads(websafe_decode(text).decode())), _SAID)


def _check_attested(credential: Mapping[str, Any]) -> None:
    attested = _read(lambda: cbor.decode(websafe_decode(credential["response"]["attestationObject"])), _MADE)
    if not isinstance(attested, dict) or not isinstance(attested.get("authData"), bytes):
        raise _refused(_MADE)


def _read(read: Callable[[], Read], pointer: str) -> Read:
    """Return what is read; of what cannot be, fido2 says so in many ways."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - from KeyError to struct.error and RecursionError
        raise _refused(pointer) from None


def _is_usable(key: CoseKey) -> bool:
    """Return whether a key is of an offered algorithm, and whole enough to find signatures wrong."""
    if key.get(3) not in CoseKey.supported_algorithms():
        return False
    try:
        key.verify(b"", b"")
    except InvalidSignature:
        return True
    except Exception:  # noqa: BLE001 - what lacks a part, or has one of another type or curve
        return False
    return False


def _refused(*pointers: str) -> BodyInvalid:
    return BodyInvalid(errors=[InputError(pointer, "not_a_passkey", _HINT) for pointer in pointers])
