"""The cache holds data: whoever writes to Redis runs nothing here, and breaks nothing."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection

from modules.accounts.models import ReservedName
from tests.kit.http import call

pytestmark = pytest.mark.django_db

VALUES = {
    "none": None,
    "numbers": [True, 1, -1.5],
    "text": "naïve \N{EARTH GLOBE EUROPE-AFRICA} \x00",
    "nested": (1.5, [("ada", None), ("vera", datetime(2026, 11, 26, 8, 30, tzinfo=UTC))]),
    "code": {"scopes": ["openid"], "claims": {"id_token": {"nonce": None}}, "sub": "7", 1: "one"},
    "days": [date(2026, 2, 28), timedelta(days=-1, microseconds=3)],
    "rest": [b"\xff\x00", Decimal("1.10"), UUID(int=7), {1, 2}, frozenset()],
    "tag-like": {"tuple": [1]},
}
NOT_OURS = [
    b"\x80\x04", b"", b"{", b"\xff", b'{"tuple": 1}', b'{"os.system": "id"}', b"{}", b"[" * 100_000,
    b'{"tuple": [], "set": []}', b'{"bytes": "zz"}', b'{"datetime": 1}', b'{"dict": [[[], 1]]}', b"9" * 5000,
]  # fmt: skip


class Bomb:
    """What a pickle can be: a command, run by whoever reads it."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


class TestTheCache:
    @pytest.mark.parametrize("name", list(VALUES))
    def test_gives_back_what_it_was_given(self, name):
        cache.set("here", VALUES[name])

        found = cache.get("here")

        assert (found, type(found)) == (VALUES[name], type(VALUES[name]))

    def test_takes_no_object(self):
        with pytest.raises(TypeError, match="plain data only, no Bomb"):
            cache.set("here", Bomb(Path("nowhere")))

    @pytest.mark.parametrize("held", NOT_OURS, ids=range(len(NOT_OURS)))
    def test_misses_what_it_cannot_read(self, held):
        get_redis_connection().set(cache.make_key("here"), held)

        assert cache.get("here", "a miss") == "a miss"
        assert cache.get_many(["here"]) == {}


class TestAPickle:
    def test_in_the_place_of_anything_cached_is_a_miss_and_runs_nothing(self, tmp_path):
        bomb, redis = pickle.dumps(Bomb(tmp_path / "ran")), get_redis_connection()
        first, reserved = sign_up("ada"), ReservedName.objects.count()
        keys = redis.keys("*")

        for key in keys:
            redis.set(key, bomb)

        # cachalot's answers and their tables' times, and allauth's histories of who tried what.
        assert {b":".join(key.split(b":")[:1]) for key in keys} == {b"cache"}
        assert (first, sign_up("ben"), ReservedName.objects.count()) == (200, 200, reserved)
        assert list(tmp_path.iterdir()) == []


def sign_up(name: str) -> int:
    body = {"username": name, "email": f"{name}@example.org", "password": "a long walk home"}
    return call("POST", "/auth/app/v1/auth/signup", body).status
