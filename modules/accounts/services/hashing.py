"""Password hashing that a flood of log-ins cannot turn into an outage."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher

from modules.accounts.errors import HashingBusy

_slots = threading.BoundedSemaphore(settings.ACCOUNTS.hashes_at_once)


class SmallArgon2PasswordHasher(Argon2PasswordHasher):
    """
    Argon2id with OWASP's small setting: 62 hashes a second on two cores where Django's default makes 7.6.

    Both directions pass through the slots, for a check costs as much as a new hash.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """
        Return the hash of a password.

        :raises HashingBusy: if no slot gets free in time
        """
        with hashing_slot():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """
        Return whether the password is the hashed one.

        :raises HashingBusy: if no slot gets free in time
        """
        with hashing_slot():
            return super().verify(password, encoded)


class SecretHasher(BasePasswordHasher):
    """
    One SHA-256, for secrets of 256 random bits that no dictionary holds; never for a person's password.

    An app shows its secret with every token it fetches: Argon2 would make that 35 ms of a core.
    """

    algorithm = "secret_sha256"

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a secret."""
        digest = hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        """Return the parts of a hash."""
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether the secret is the hashed one."""
        return secrets.compare_digest(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def must_update(self, encoded: str) -> bool:
        """Return no: a random secret does not get weaker."""
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: the time taken tells nothing about a random secret."""

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """Return what may be shown of a hash."""
        return {"algorithm": self.algorithm}


@contextmanager
def hashing_slot() -> Iterator[None]:
    """
    Hold one of the process's few places for hashing.

    :raises HashingBusy: if none gets free in time
    """
    if not _slots.acquire(timeout=settings.ACCOUNTS.hash_wait):
        raise HashingBusy(retry_after=2)
    try:
        yield
    finally:
        _slots.release()
