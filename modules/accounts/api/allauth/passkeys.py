"""What a browser says of a passkey, looked at before allauth is asked, which believes too much."""

from collections.abc import Mapping
from typing import Any

from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from modules.kernel.errors import Fault
from modules.kernel.http.parsing import BodyInvalid

SET_UP = "/account/authenticators/webauthn"
_HINT = "Send what the browser's PublicKeyCredential gives as toJSON()."


def check_credential(path: str, body: Mapping[str, Any]) -> None:
    """
    Refuse what is no passkey, in the requests that carry one.

    :raises BodyInvalid: if it is none
    """
    if "/webauthn" not in path or (path.endswith(SET_UP) and "credential" not in body):
        return
    kind = RegistrationResponse if path.endswith(SET_UP) else AuthenticationResponse
    if not _is_one(kind, body.get("credential")):
        raise BodyInvalid(errors=[Fault("/credential", "not_a_passkey", _HINT)])


def _is_one(kind: type[RegistrationResponse | AuthenticationResponse], credential: object) -> bool:
    """Return whether fido2 can read a credential; of what it cannot, it says so in many ways."""
    if not isinstance(credential, dict):
        return False
    if not isinstance(credential.get("clientExtensionResults", {}), dict):
        return False
    try:
        kind.from_dict(credential)
    except Exception:  # noqa: BLE001 - from KeyError to struct.error and RecursionError
        return False
    return True
