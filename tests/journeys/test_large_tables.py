"""What tells that a table is looked through as a whole: test_walks.py asks it of every list."""

from __future__ import annotations

import pytest
from django.db import connections

from tests.journeys.crowd import fill
from tests.journeys.scans import Watch

pytestmark = pytest.mark.django_db


def test_a_statement_without_an_index_is_told():
    watch = Watch(fill())

    with watch.over("a look"), connections["b"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM posts_post WHERE text = %s", ["nobody's"])

    assert list(watch.found) == ["a look: posts_post"]
    assert "WHERE text" in watch.found["a look: posts_post"]
