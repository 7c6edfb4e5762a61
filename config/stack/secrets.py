"""Secrets of this stack, made once, kept in a file for its owner only, never printed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What signs cookies and cursors, and what opens Redis."""

    secret_key: str
    redis_password: str


def generate() -> Secrets:
    """Make new secrets."""
    return Secrets(secret_key=secrets.token_urlsafe(48), redis_password=secrets.token_urlsafe(24))


def load(path: Path) -> Secrets:
    """Read the secrets, after making them if there are none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(generate())))
        fresh.replace(path)
    return Secrets(**json.loads(path.read_text()))
