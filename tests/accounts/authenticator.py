"""An authenticator in software: keys that tests make and show, and may break at any point."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid

ORIGIN = "http://localhost"
UP, UV, AT, ED = 0x01, 0x04, 0x40, 0x80


class SoftKey:
    """One passkey; what it says is told by the keywords, and is right where they say nothing."""

    def __init__(self, *, counts: bool = True) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.counts = counts
        self.count = 0
        self.rp_id = ""
        self.user_handle = ""

    def make(
        self,
        options: dict[str, Any],
        *,
        flags: int = UP | UV | AT,
        cose: dict[Any, Any] | None = None,
        said: dict[str, Any] | None = None,
        attested: dict[str, Any] | None = None,
        **top: Any,
    ) -> dict[str, Any]:
        """Answer creation options."""
        asked = options["publicKey"]
        self.rp_id, self.user_handle = asked["rp"]["id"], asked["user"]["id"]
        key = b""
        if flags & AT:
            public = ES256.from_cryptography_key(self.private.public_key()) if cose is None else cose
            key = bytes(Aaguid.NONE) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(public)
        told = self._tell(flags, key)
        statement = {"fmt": "none", "attStmt": {}, "authData": told} | (attested or {})
        response = {
            "clientDataJSON": _say("webauthn.create", asked["challenge"], said),
            "attestationObject": websafe_encode(cbor.encode(statement)),
        }
        return self._credential(response) | top

    def show(
        self,
        options: dict[str, Any],
        *,
        flags: int = UP | UV,
        said: dict[str, Any] | None = None,
        extensions: bytes = b"",
        **response: Any,
    ) -> dict[str, Any]:
        """Answer request options."""
        told = self._tell(flags, extensions)
        client = _say("webauthn.get", options["publicKey"]["challenge"], said)
        digest = hashlib.sha256(websafe_decode(client)).digest()
        shown = {
            "clientDataJSON": client,
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(self.private.sign(told + digest, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.user_handle,
        }
        return self._credential(shown | response)

    def _tell(self, flags: int, rest: bytes) -> bytes:
        self.count += 1 if self.counts else 0
        return (
            hashlib.sha256(self.rp_id.encode()).digest()
            + bytes([flags])
            + self.count.to_bytes(4, "big")
            + rest
        )

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {},
            "response": response,
        }


def _say(kind: str, challenge: str, said: dict[str, Any] | None) -> str:
    client = {"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": False} | (said or {})
    return websafe_encode(json.dumps(client).encode())
