"""Conninfo: what libpq is told of a database, for whoever opens a connection that is not Django's."""

from typing import Any

from django.db import connections
from psycopg import pq

_KEYWORDS = frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults())


def parameters_of(alias: str) -> dict[str, Any]:
    """
    Return what `psycopg.connect(**…)` takes to reach a database as the ORM does, by TLS if need be.

    What Django adds for itself (its cursors, how it reads values) is left out. Time limits are not: who may
    take longer lifts them.
    """
    parameters = connections[alias].get_connection_params()
    return {word: value for word, value in parameters.items() if word in _KEYWORDS}
