"""Secrets of this stack, made once, kept in a file for its owner only, never printed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What signs cookies and cursors, what opens Redis, what signs ID tokens, and what signs pushes."""

    secret_key: str
    redis_password: str
    oidc_private_key: str
    vapid_private_key: str


def generate() -> Secrets:
    """Make new secrets."""
    return Secrets(
        secret_key=secrets.token_urlsafe(48),
        redis_password=secrets.token_urlsafe(24),
        oidc_private_key=_to_pem(rsa.generate_private_key(public_exponent=65_537, key_size=2048)),
        vapid_private_key=_to_pem(ec.generate_private_key(ec.SECP256R1())),
    )


def _to_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


def load(path: Path) -> Secrets:
    """Read the secrets, after making those that are not there yet."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    if not kept.keys() >= {field.name for field in fields(Secrets)}:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(generate()) | kept))
        fresh.replace(path)
    return Secrets(**json.loads(path.read_text()))
