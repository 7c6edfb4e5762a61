"""At the end of a request only connections are looked at on which a statement failed."""

from __future__ import annotations

import pytest
from django.core.signals import request_finished
from django.db import ProgrammingError, connections

from sharding.backend.broken import close_broken

pytestmark = pytest.mark.django_db


def fail(alias: str) -> None:
    with pytest.raises(ProgrammingError), connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM nothing")


class TestEndOfARequest:
    def test_keeps_a_connection_whose_statement_alone_was_wrong(self):
        fail("a")
        raw = connections["a"].connection

        request_finished.send(sender=None)

        assert connections["a"].connection is raw
        assert not connections["a"].errors_occurred

    def test_closes_one_that_is_no_good_since(self):
        fail("a")
        connections["a"].connection.close()

        request_finished.send(sender=None)

        assert connections["a"].connection is None

    def test_looks_at_no_other(self, monkeypatch):
        close_broken()  # after what failed in other tests of this thread
        fail("a")
        looked = []
        for alias in ("a", "b"):
            connections[alias].ensure_connection()
            monkeypatch.setattr(
                connections[alias], "close_if_unusable_or_obsolete", lambda alias=alias: looked.append(alias)
            )

        # Not by the signal: Django's test client has Django's own look at all of them connected to it again.
        close_broken()
        close_broken()

        assert looked == ["a"]
